/** Stretches of training side by side in time, in as few lanes as there were trainings at a time. */
import type { TrainingSpan } from '../../../experiments/tuning/sweep-record.ts'

export interface LaneBar extends TrainingSpan {
  readonly to: number
  readonly lane: number
}

export interface PackedLanes {
  readonly bars: readonly LaneBar[]
  readonly lanes: number
  readonly from: number
  readonly to: number
  /** Share of the time in which at least one trained. */
  readonly busyShare: number
}

/** @param now where a training that goes on ends for the moment */
export function packLanes(spans: readonly TrainingSpan[], now: number): PackedLanes {
  const ends: number[] = []
  let [busy, covered] = [0, 0]
  const bars = spans
    .toSorted((a, b) => a.from - b.from)
    .map((span): LaneBar => {
      const to = Math.max(span.from, span.to ?? now)
      const free = ends.findIndex((end) => end <= span.from)
      const lane = free < 0 ? ends.length : free
      ends[lane] = to
      busy += Math.max(0, to - Math.max(span.from, covered))
      covered = Math.max(covered, to)
      return { ...span, to, lane }
    })
  const from = bars[0]?.from ?? now
  const to = Math.max(from, ...bars.map((bar) => bar.to))
  return { bars, lanes: ends.length, from, to, busyShare: to > from ? busy / (to - from) : 0 }
}
