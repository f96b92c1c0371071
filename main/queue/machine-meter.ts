/** How busy the whole machine is: measured in a thread that lives for as long as somebody asks. */
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { MachineUsage } from '../../experiments/queue/job-record.ts'
import { systemClock, type Clock } from './clock.ts'

/** Who asks again sooner gets the same answer. */
export const measureEveryMs = 2000
/** The thread ends when nobody has asked for so long. */
const idleMs = 30_000

const workerFile = path.join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? 'machine-worker.ts' : 'machine-worker.mjs',
)

export class MachineMeter {
  private readonly clock: Clock
  private worker: Worker | undefined
  private latest: { readonly at: number; isPending: boolean; readonly usage: Promise<MachineUsage> } | undefined
  private cancelIdle: (() => void) | undefined

  constructor(clock = systemClock) {
    this.clock = clock
  }

  /** Whether its thread lives. */
  get isMeasuring(): boolean {
    return this.worker !== undefined
  }

  current(): Promise<MachineUsage> {
    this.cancelIdle?.()
    this.cancelIdle = this.clock.later(idleMs, () => this.close())
    const now = this.clock.now()
    const { latest } = this
    if (latest && (latest.isPending || Math.abs(now - latest.at) < measureEveryMs)) return latest.usage
    const next = { at: now, isPending: true, usage: this.measure() }
    this.latest = next
    const settled = (): void => {
      next.isPending = false
    }
    void next.usage.then(settled, settled)
    return next.usage
  }

  close(): void {
    this.cancelIdle?.()
    this.cancelIdle = undefined
    this.latest = undefined
    void this.worker?.terminate()
    this.worker = undefined
  }

  private measure(): Promise<MachineUsage> {
    const worker = (this.worker ??= this.start())
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        end()
      }
      const onMessage = (usage: MachineUsage): void => settle(() => resolve(usage))
      const onError = (fault: unknown): void =>
        settle(() => reject(fault instanceof Error ? fault : new Error(String(fault))))
      const onExit = (): void => settle(() => resolve({ cpu: null, memory: null, gpus: [] }))
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
      worker.postMessage(null)
    })
  }

  private start(): Worker {
    const worker = new Worker(workerFile)
    // It must not keep a service alive that has nothing else to do.
    worker.unref()
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined
    })
    return worker
  }
}
