/** What the machine was busy with over a sweep's time, as one row a resource: cores, memory, and each GPU that tells. */
import type { MachineSample } from '../../../experiments/queue/machine-sample.ts'
import { median } from '../../../experiments/statistics/median.ts'

export interface MachinePoint {
  readonly at: number
  /** 0 to 1. */
  readonly share: number
}

export interface MachineRow {
  readonly resource: 'cores' | 'memory' | 'gpu'
  /** Of a GPU, from 1. */
  readonly number: number
  /** Stretches without a gap, each with at least one point. */
  readonly stretches: readonly (readonly MachinePoint[])[]
  readonly mean: number
  readonly most: number
}

/** Samples further apart were not taken one after another: nobody worked in between, or the service was not there. */
const leastGapMs = 60_000

/** Without the rows of which nothing is known. @param samples in order of time */
export function machineRows(samples: readonly MachineSample[]): readonly MachineRow[] {
  const between = samples.slice(1).map(({ at }, i) => at - (samples[i]?.at ?? at))
  const gap = Math.max(leastGapMs, 3 * (between.length === 0 ? 0 : median(between)))
  const gpus = Math.max(0, ...samples.map((sample) => sample.gpus.length))
  return [
    row('cores', 1, gap, samples, ({ cpu }) => cpu),
    row('memory', 1, gap, samples, ({ memory }) => memory && memory.usedBytes / memory.totalBytes),
    ...Array.from({ length: gpus }, (_, i) =>
      row('gpu', i + 1, gap, samples, (sample) => sample.gpus[i]?.load ?? null),
    ),
  ].filter(({ stretches }) => stretches.length > 0)
}

function row(
  resource: MachineRow['resource'],
  number: number,
  gap: number,
  samples: readonly MachineSample[],
  shareOf: (sample: MachineSample) => number | null,
): MachineRow {
  const stretches: MachinePoint[][] = []
  const shares: number[] = []
  for (const sample of samples) {
    const share = shareOf(sample)
    if (share === null) continue
    shares.push(share)
    const point = { at: sample.at, share }
    const stretch = stretches.at(-1)
    const last = stretch?.at(-1)
    if (stretch && last && point.at - last.at <= gap) stretch.push(point)
    else stretches.push([point])
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length)
  return { resource, number, stretches, mean, most: Math.max(0, ...shares) }
}
