/** From the stored series of runs to lines over a common axis: steps, epochs (in parts), or seconds of training. */
import type { OverlayLine } from '../../charts/overlay-plot.ts'
import type { ComparedRun } from '../../state/comparison.svelte.ts'

export type XAxis = 'step' | 'epoch' | 'time'

export interface OverlayChoice {
  readonly metric: string
  readonly split: string
  readonly xAxis: XAxis
  /** Weight of what came before, from 0 to below 1. */
  readonly smoothing: number
}

/** A series of fewer points has a value an epoch, more or less. */
const markedBelow = 60

export function overlayLines(runs: readonly ComparedRun[], choice: OverlayChoice): readonly OverlayLine[] {
  return runs.flatMap(({ detail, series, colour }): readonly OverlayLine[] => {
    const found = series.find(({ split, name }) => split === choice.split && name === choice.metric)
    if (!found) return []
    const { steps, epochs } = detail.progress
    const perEpoch = epochs > 0 ? steps / epochs : 1
    const start = Math.min(...series.map(({ at }) => at[0] ?? Infinity))
    const xOf = {
      step: (i: number) => found.steps[i] ?? 0,
      epoch: (i: number) => (found.steps[i] ?? 0) / perEpoch,
      time: (i: number) => ((found.at[i] ?? start) - start) / 1000,
    }[choice.xAxis]
    const marked = found.values.length < markedBelow
    return [
      {
        ...{ id: detail.id, label: detail.name, colour: `var(--run-${colour})`, marked },
        xs: ascending(found.values.map((_value, i) => xOf(i))),
        ys: marked ? found.values : smooth(found.values, choice.smoothing),
      },
    ]
  })
}

/** All series that some run has, as `split.name`. */
export function seriesOf(runs: readonly ComparedRun[]): readonly { readonly split: string; readonly name: string }[] {
  const all = runs.flatMap(({ series }) => series.map(({ split, name }) => ({ split, name })))
  return [...new Map(all.map((one) => [`${one.split}.${one.name}`, one])).values()]
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

/** uPlot takes only x that grow: clocks of one batch of points may be equal. */
function ascending(xs: readonly number[]): readonly number[] {
  let last = -Infinity
  return xs.map((x) => (last = x > last ? x : last + Math.max(1e-6, Math.abs(last) * 1e-9)))
}
