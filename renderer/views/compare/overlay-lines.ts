/** From the stored series of runs to lines over a common axis: steps, epochs (in parts), or seconds of training. */
import { indexAtOrBefore } from '../../charts/index-at-or-before.ts'
import type { MetricSeries } from '../../../experiments/runs/metric.ts'
import { isSmoothed } from '../../charts/smoothed-series.ts'
import { smallestZoom, type StepRange } from '../../charts/step-range.ts'
import type { ComparedRun } from '../../state/comparison.svelte.ts'

/** A metric of a run over the common axis. */
export interface OverlayLine {
  /** Of the run; several lines of a run stand out together. */
  readonly id: number
  /** Unique among the lines of a chart. */
  readonly key: string
  readonly label: string
  /** A CSS colour, such as `var(--run-blue)`. */
  readonly colour: string
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** Marked points: for series of a value an epoch. */
  readonly marked: boolean
  readonly dashed: boolean
  /** An interval around each y. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] }
}

export type XAxis = 'step' | 'epoch' | 'time'

export interface OverlayChoice {
  readonly metric: string
  readonly split: string
  readonly xAxis: XAxis
  /** Weight of what came before, from 0 to below 1. */
  readonly smoothing: number
  /** The name of the split, where a chart shows several. */
  readonly splitName?: string
}

/** A series of fewer points has a value an epoch, more or less. */
const markedBelow = 60

export function overlayLines(runs: readonly ComparedRun[], choice: OverlayChoice): readonly OverlayLine[] {
  const { metric, split, xAxis, smoothing, splitName } = choice
  return runs.flatMap((run): readonly OverlayLine[] => {
    const { detail, series, colour } = run
    const found = series.find((one) => one.split === split && one.name === metric)
    if (!found) return []
    const marked = found.values.length < markedBelow
    return [
      {
        ...{ id: detail.id, key: `${detail.id} ${split}`, colour: `var(--run-${colour})`, marked },
        label: splitName === undefined ? detail.name : `${detail.name}, ${splitName}`,
        dashed: splitName !== undefined && split === 'train',
        ...pointsOf(run, found, xAxis, marked || !isSmoothed(metric) ? 0 : smoothing),
      },
    ]
  })
}

interface Points {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

/** The points that were last made of a series: those of the other runs stay when one gets finer points. */
const made = new WeakMap<MetricSeries, { readonly of: string; readonly points: Points }>()

function pointsOf(run: ComparedRun, series: MetricSeries, xAxis: XAxis, smoothing: number): Points {
  const start = startOf(run)
  const perEpoch = stepsPerEpoch(run)
  const of = `${xAxis} ${smoothing} ${start} ${perEpoch}`
  const known = made.get(series)
  if (known?.of === of) return known.points
  const { steps, values, at } = series
  const xOf = {
    step: (i: number) => steps[i] ?? 0,
    epoch: (i: number) => (steps[i] ?? 0) / perEpoch,
    time: (i: number) => ((at[i] ?? start) - start) / 1000,
  }[xAxis]
  const xs = ascending(values.map((_value, i) => xOf(i)))
  const points = { xs, ys: smoothing === 0 ? values : smooth(values, smoothing) }
  made.set(series, { of, points })
  return points
}

/** All series that some run has. */
export function seriesOf(runs: readonly ComparedRun[]): readonly { readonly split: string; readonly name: string }[] {
  const all = runs.flatMap(({ series }) => series.map(({ split, name }) => ({ split, name })))
  return [...new Map(all.map((one) => [`${one.split}.${one.name}`, one])).values()]
}

/** The steps of a run that a range of the axis shows. */
export function stepsInSight(run: ComparedRun, [from, to]: StepRange, xAxis: XAxis): StepRange {
  if (xAxis === 'step') return [from, to]
  if (xAxis === 'epoch') return [from * stepsPerEpoch(run), to * stepsPerEpoch(run)]
  const start = startOf(run)
  const densest = run.series.reduce<(typeof run.series)[number] | undefined>(
    (best, one) => (one.steps.length > (best?.steps.length ?? 0) ? one : best),
    undefined,
  )
  if (!densest) return [0, 0]
  const { at, steps } = densest
  const first = Math.max(0, indexAtOrBefore(at, start + from * 1000))
  const last = Math.min(steps.length - 1, indexAtOrBefore(at, start + to * 1000) + 1)
  return [steps[first] ?? 0, steps[last] ?? 0]
}

/** From the least to the greatest x of lines; something to show where there are none. */
export function rangeOf(lines: readonly OverlayLine[]): StepRange {
  const low = Math.min(...lines.map(({ xs }) => xs[0] ?? Infinity))
  const high = Math.max(...lines.map(({ xs }) => xs.at(-1) ?? -Infinity))
  if (low < high) return [low, high]
  return Number.isFinite(low) ? [Math.min(0, low), low + 1] : [0, 1]
}

/** A few steps of the run that trains the fewest in its time. */
export function smallestView(runs: readonly ComparedRun[], xAxis: XAxis): number {
  if (xAxis === 'step') return smallestZoom
  const perUnit = runs.map((run) => {
    if (xAxis === 'epoch') return stepsPerEpoch(run)
    const ends = run.series.map(({ at, steps }) => ({ at: at.at(-1) ?? 0, step: steps.at(-1) ?? 0 }))
    const last = ends.reduce((a, b) => (b.at > a.at ? b : a), { at: 0, step: 0 })
    return (1000 * last.step) / Math.max(1, last.at - startOf(run))
  })
  return smallestZoom / Math.max(1e-6, Math.min(...perUnit))
}

function stepsPerEpoch({ detail: { progress } }: ComparedRun): number {
  return progress.epochs > 0 && progress.steps > 0 ? progress.steps / progress.epochs : 1
}

/** When the first point came, in milliseconds. */
function startOf({ series }: ComparedRun): number {
  return Math.min(...series.map(({ at }) => at[0] ?? Infinity))
}

/** Exponential moving average, corrected for its start as in charts/curve-columns.ts. */
function smooth(values: readonly number[], weight: number): readonly number[] {
  let average = 0
  let decay = 1
  return values.map((value) => {
    average = weight * average + (1 - weight) * value
    decay *= weight
    return average / (1 - decay)
  })
}

/** Clocks of one batch of points may be equal, and an axis wants x that grow. */
function ascending(xs: readonly number[]): readonly number[] {
  let last = -Infinity
  return xs.map((x) => (last = x > last ? x : last + Math.max(1e-6, Math.abs(last) * 1e-9)))
}
