/**
 * Whether there is memory for a job before it starts. What a running job has not yet taken of its estimate is kept for it. Of graphics cards the
 * free memory is known where NVIDIA's driver tells it; elsewhere a job just starts.
 */
import os from 'node:os'
import { processorDevice } from '../../../experiments/engines/device-request.ts'
import { formatBytes } from '../../../experiments/text/format-bytes.ts'
import { nvidiaCards, type NvidiaCard } from '../../engines/onnx/cuda/nvidia-cards.ts'
import type { Job } from '../../store/job-table.ts'

export interface MemoryNeed {
  readonly device: string
  /** What it is expected to take; null where nothing is known. */
  readonly memoryBytes: number | null
  /** What its process holds now. */
  readonly takenBytes: number
}

export interface FreeMemory {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** Of a device; undefined where it is not known. */
export type FreeMemoryOf = (device: string) => FreeMemory | undefined

/**
 * Why `job` must wait, undefined when it may start. One that is larger than all memory starts when nothing else trains: its batch is divided
 * when memory really runs out.
 */
export function lackOfMemory(
  job: Pick<Job, 'memoryBytes'>,
  device: string,
  running: readonly MemoryNeed[],
  freeOf: FreeMemoryOf,
): string | undefined {
  const memory = freeOf(device)
  if (job.memoryBytes === null || memory === undefined) return undefined
  const there = running.filter((other) => other.device === device)
  if (job.memoryBytes > memory.totalBytes) {
    if (there.length === 0) return undefined
    return `it needs about ${formatBytes(job.memoryBytes)} of memory, more than ${device} has; it starts when nothing else trains there`
  }
  const promised = there.reduce(
    (sum, { memoryBytes, takenBytes }) => sum + Math.max(0, (memoryBytes ?? 0) - takenBytes),
    0,
  )
  const free = Math.max(0, memory.freeBytes - promised)
  if (job.memoryBytes <= free) return undefined
  return `it needs about ${formatBytes(job.memoryBytes)} of memory, and ${formatBytes(free)} of ${device} are free; it starts when there is room`
}

/** How old what a driver said of its cards may be. */
const freshMs = 5000

/** Asks the system, and NVIDIA's driver in the background. */
export class MachineMemory {
  private readonly onChange: () => void
  private cards: readonly NvidiaCard[] | undefined
  private askedAt = -Infinity

  /** @param onChange called when cards have told what is free, where it was not known */
  constructor(onChange: () => void) {
    this.onChange = onChange
  }

  readonly of: FreeMemoryOf = (device) => {
    if (device === processorDevice) return { freeBytes: process.availableMemory(), totalBytes: os.totalmem() }
    const index = /^cuda:(\d+)$/.exec(device)?.[1]
    if (index === undefined) return undefined
    this.refresh()
    const card = this.cards?.find((candidate) => candidate.index === Number(index))
    return card && { freeBytes: card.freeBytes, totalBytes: card.memoryBytes }
  }

  private refresh(): void {
    if (performance.now() - this.askedAt < freshMs) return
    this.askedAt = performance.now()
    void nvidiaCards().then((cards) => {
      const isNews = this.cards === undefined && cards !== undefined
      this.cards = cards
      if (isNews) this.onChange()
    })
  }
}
