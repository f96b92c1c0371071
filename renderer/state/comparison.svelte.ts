/** The runs of a comparison with all that is compared: details, curves, and the seeds of each configuration. */
import { diffRuns, type RunsDiff } from '../../experiments/diff/diff-runs.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { MetricSeries } from '../../experiments/runs/metric.ts'
import type { RunDetail } from '../../experiments/runs/run-record.ts'
import { runColours, type RunColour } from '../../experiments/runs/run-review.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { onRunChanged } from '../bridge/on-run-changed.ts'
import { withFinePoints } from '../charts/run-curves.ts'
import { isActive } from './runs.svelte.ts'
import { RangeRefinement, type StepsInSight } from './range-refinement.ts'

export interface ComparedRun {
  readonly detail: RunDetail
  readonly series: readonly MetricSeries[]
  readonly colour: RunColour
  /** The same number for runs that differ in the seed only; undefined for one without a sibling among them. */
  readonly configuration: number | undefined
}

/** More than a chart has columns of pixels. */
const maxPoints = 3000
/** Of a range that is zoomed to, of which the half is in sight. */
const finePoints = 5000
/** A range makes the store answer from its blocks where it has many points. */
const everything: [number, number] = [0, Number.MAX_SAFE_INTEGER]

export class Comparison {
  runs: readonly ComparedRun[] = $state.raw([])
  diff: RunsDiff | undefined = $state.raw()
  error: ErrorRecord | undefined = $state.raw()
  readonly #bridge: Bridge
  /** By run, what brings finer points where its curves are zoomed. */
  #refinements: ReadonlyMap<number, RangeRefinement> = new Map()
  #inSight: ReadonlyMap<number, StepsInSight> | null = null
  /** Runs that were seen in training. */
  readonly #training = new Set<number>()
  #asked = ''
  readonly #leave: () => void

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    const leave = [
      bridge.on('run.epoch', ({ run }) => this.#again(run)),
      onRunChanged(bridge, ({ id, status }) => {
        const known = this.runs.find(({ detail }) => detail.id === id)
        if (known && known.detail.status !== status) this.#again(id)
        // It may be a further seed, and settle what could not be told.
        if (isActive({ status })) this.#training.add(id)
        else if (this.#training.delete(id) && !known && status === 'finished') this.#reload()
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
        Promise.all(ids.map((run) => this.#bridge.call('runs.metrics', { run, maxPoints, range: everything }))),
        ids.length === 0 ? [] : this.#bridge.call('review.siblings', { runs: [...ids] }),
      ])
      if (this.#asked !== asked) return
      const colours = coloursOf(details)
      this.#refinements = new Map(ids.map((run, i) => [run, this.#refinementOf(run, series[i] ?? [])]))
      this.runs = details.map((detail, i) => ({
        detail,
        series: series[i] ?? [],
        colour: colours[i] ?? 'grey',
        configuration: configurationOf(detail.id, siblings),
      }))
      this.diff = diffRuns(details, siblings)
      this.show(this.#inSight)
      this.error = undefined
    } catch (fault) {
      if (this.#asked === asked) this.error = toErrorRecord(fault)
    }
  }

  /** Which steps of each run are in sight: finer points come for them. Null is everything. */
  show(inSight: ReadonlyMap<number, StepsInSight> | null): void {
    this.#inSight = inSight
    for (const [run, refinement] of this.#refinements) refinement.show(inSight?.get(run) ?? null)
  }

  /** @param series the points of the snapshot */
  #refinementOf(run: number, series: readonly MetricSeries[]): RangeRefinement {
    const lastStep = Math.max(0, ...series.map(({ steps }) => steps.at(-1) ?? 0))
    const refinement = new RangeRefinement({
      // A series has at most one point a step: of so few the snapshot left out none.
      isWhole: () => lastStep <= maxPoints,
      ask: ({ steps: [from, to], isLog }) =>
        this.#bridge.call('runs.metrics', { run, maxPoints: finePoints, range: [from, to], isLog }),
      take: (fine) => {
        if (this.#refinements.get(run) !== refinement) return false
        this.#replace(
          run,
          series.map((coarse) => {
            const finer = fine.find(({ split, name }) => split === coarse.split && name === coarse.name)
            return finer ? withFinePoints(coarse, finer) : coarse
          }),
        )
        return true
      },
      drop: () => this.#replace(run, series),
    })
    return refinement
  }

  #replace(run: number, series: readonly MetricSeries[]): void {
    const known = this.runs.find(({ detail }) => detail.id === run)
    if (!known || known.series === series) return
    this.runs = this.runs.map((one) => (one === known ? { ...one, series } : one))
  }

  #again(run: number): void {
    if (this.runs.some(({ detail }) => detail.id === run)) this.#reload()
  }

  #reload(): void {
    if (this.runs.length > 0) void this.load(this.runs.map(({ detail }) => detail.id))
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
