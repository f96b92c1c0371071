/** The night's plan on an axis of time: how far it reaches, where its marks are, and what is drawn on it. */
import { openStretches, type Stretch } from '../../../experiments/queue/night-windows.ts'
import type { NightPlan } from '../../../experiments/queue/plan-night.ts'
import type { QueueSettings } from '../../../experiments/queue/queue-settings.ts'

const hourMs = 3_600_000
const spans = [1, 3, 6, 12, 24, 48, 96].map((hours) => hours * hourMs)
const longestSpan = 168 * hourMs
/** Of marks, in hours. */
const steps = [0.25, 0.5, 1, 2, 3, 6, 12, 24]
const mostMarks = 12
/** Bars narrower than this, as a share of the axis, are drawn together. */
const narrowest = 0.012

export interface PlanAxis {
  readonly from: number
  readonly to: number
  /** From 0 at the left to 1 at the right. */
  readonly at: (time: number) => number
}

export interface PlanBar {
  /** What tells it from others. */
  readonly key: string
  readonly left: number
  readonly width: number
  readonly start: number
  readonly end: number
  /** More than one where they are too short to be seen one by one. */
  readonly runs: readonly number[]
  readonly isLate: boolean
}

export interface PlanLane {
  readonly device: string
  readonly lane: number
  readonly bars: readonly PlanBar[]
}

/** The shortest usual span that holds the end of the plan and the deadline; a week at most. */
export function planAxis({ now, end }: NightPlan, { deadline }: QueueSettings): PlanAxis {
  const wanted = Math.max(end ?? now, deadline !== null && deadline > now ? deadline : now) - now
  const span = spans.find((candidate) => candidate >= wanted * 1.04) ?? longestSpan
  return { from: now, to: now + span, at: (time) => (time - now) / span }
}

/** Whole hours of the clock on the wall. */
export function axisMarks({ from, to }: PlanAxis): number[] {
  const hours = (to - from) / hourMs
  const step = steps.find((candidate) => hours / candidate <= mostMarks) ?? 24
  const first = new Date(from)
  const marks: number[] = []
  for (let index = 0; index <= (hours + 24) / step; index++) {
    const minutes = index * step * 60
    const mark = new Date(first.getFullYear(), first.getMonth(), first.getDate(), 0, minutes).getTime()
    if (mark > from && mark < to) marks.push(mark)
  }
  return marks
}

/** Parts of the axis in which jobs may train. */
export function openParts({ from, to }: PlanAxis, windows: QueueSettings['windows']): Stretch[] {
  if (windows.length === 0) return [{ start: from, end: to }]
  return openStretches(windows, from)
    .map(({ start, end }) => ({ start: Math.max(from, start), end: Math.min(to, end) }))
    .filter(({ start, end }) => end > start)
}

/** One line for each slot of each device that is used. */
export function planLanes(plan: NightPlan, axis: PlanAxis): PlanLane[] {
  const late = new Set(plan.late)
  const lanes = new Map<string, { device: string; lane: number; bars: PlanBar[] }>()
  for (const { run, device, lane, stretches } of plan.jobs.values()) {
    const key = `${device} ${lane}`
    const line = lanes.get(key) ?? { device, lane, bars: [] }
    lanes.set(key, line)
    stretches.forEach((stretch, index) => {
      if (stretch.start >= axis.to) return
      const left = axis.at(stretch.start)
      const width = Math.min(1, axis.at(stretch.end)) - left
      const { start, end } = stretch
      line.bars.push({ key: `${run}-${index}`, left, width, start, end, runs: [run], isLate: late.has(run) })
    })
  }
  return [...lanes.values()]
    .map(({ bars, ...line }) => ({ ...line, bars: together(bars.toSorted((a, b) => a.left - b.left)) }))
    .toSorted((a, b) => a.device.localeCompare(b.device) || a.lane - b.lane)
}

function together(bars: readonly PlanBar[]): PlanBar[] {
  const drawn: PlanBar[] = []
  /** Of the last one drawn; grown in place, since thousands may join. */
  let runs: number[] = []
  for (const bar of bars) {
    const last = drawn.at(-1)
    if (last && joins(last, bar)) {
      runs.push(...bar.runs)
      drawn[drawn.length - 1] = { ...last, runs, width: bar.left + bar.width - last.left, end: bar.end }
    } else {
      runs = [...bar.runs]
      drawn.push({ ...bar, runs })
    }
  }
  return drawn
}

function joins(last: PlanBar, bar: PlanBar): boolean {
  const touches = bar.start - last.end < 1000
  const isShort = bar.width < narrowest && (last.width < narrowest || last.runs.length > 1)
  return touches && isShort && last.isLate === bar.isLate
}
