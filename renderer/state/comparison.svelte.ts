/** The runs of a comparison with all that is compared: details, curves, and the seeds of each configuration. */
import { diffRuns, type RunsDiff } from '../../experiments/diff/diff-runs.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { MetricSeries } from '../../experiments/runs/metric.ts'
import type { RunDetail } from '../../experiments/runs/run-record.ts'
import { runColours, type RunColour } from '../../experiments/runs/run-review.ts'
import type { Bridge } from '../bridge/bridge.ts'

export interface ComparedRun {
  readonly detail: RunDetail
  readonly series: readonly MetricSeries[]
  readonly colour: RunColour
  /** The same number for runs that differ in the seed only; undefined for one without a sibling among them. */
  readonly configuration: number | undefined
}

const maxPoints = 2000

export class Comparison {
  runs: readonly ComparedRun[] = $state.raw([])
  diff: RunsDiff | undefined = $state.raw()
  error: ErrorRecord | undefined = $state.raw()
  readonly #bridge: Bridge
  #asked = ''
  readonly #leave: () => void

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    const leave = [
      bridge.on('run.epoch', ({ run }) => this.#again(run)),
      bridge.on('run.changed', ({ id, status }) => {
        const known = this.runs.find(({ detail }) => detail.id === id)
        if (known && known.detail.status !== status) this.#again(id)
      }),
    ]
    this.#leave = () => leave.forEach((end) => end())
  }

  close(): void {
    this.#asked = ''
    this.#leave()
  }

  async load(ids: readonly number[]): Promise<void> {
    const asked = ids.join()
    this.#asked = asked
    try {
      const [details, series, siblings] = await Promise.all([
        Promise.all(ids.map((run) => this.#bridge.call('runs.get', { run }))),
        Promise.all(ids.map((run) => this.#bridge.call('runs.metrics', { run, maxPoints }))),
        ids.length === 0 ? [] : this.#bridge.call('review.siblings', { runs: [...ids] }),
      ])
      if (this.#asked !== asked) return
      const colours = coloursOf(details)
      this.runs = details.map((detail, i) => ({
        detail,
        series: series[i] ?? [],
        colour: colours[i] ?? 'grey',
        configuration: configurationOf(detail.id, siblings),
      }))
      this.diff = diffRuns(details, siblings)
      this.error = undefined
    } catch (fault) {
      if (this.#asked === asked) this.error = toErrorRecord(fault)
    }
  }

  #again(run: number): void {
    if (this.runs.some(({ detail }) => detail.id === run)) void this.load(this.runs.map(({ detail }) => detail.id))
  }
}

/** The first of the compared runs that has it among its siblings. */
function configurationOf(run: number, siblings: readonly (readonly { readonly id: number }[])[]): number | undefined {
  const at = siblings.findIndex((own) => own.some(({ id }) => id === run))
  return at < 0 ? undefined : at
}

/** Each run's own colour where it has one that nobody before has; else the next free one. */
function coloursOf(runs: readonly RunDetail[]): readonly RunColour[] {
  const taken = new Set<RunColour>()
  const own = runs.map(({ review: { colour } }) => {
    if (colour === null || taken.has(colour)) return undefined
    taken.add(colour)
    return colour
  })
  return own.map((colour, i) => {
    const chosen = colour ?? runColours.find((free) => !taken.has(free)) ?? runColours[i % runColours.length] ?? 'grey'
    taken.add(chosen)
    return chosen
  })
}
