/**
 * A sweep that is being planned: the experiment it varies, axes as they are typed, and how to search. Axes are collected from the training form,
 * from the canvas and in the dialog; they wait here until the sweep begins.
 */
import type { z } from 'zod'
import { networkPlaces, suggestAxis, trainingPlaces, type AxisPlace } from '../../experiments/tuning/axis-places.ts'
import { checkSweep } from '../../experiments/tuning/check-sweep.ts'
import { toErrorRecord, type Issue, type JsonValue } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { AxisSpecInput } from '../../experiments/tuning/space/axis-spec.ts'
import { spaceSize } from '../../experiments/tuning/space/search-space.ts'
import { parseSweepSpec, type ObjectiveMetric, type SweepSpecInput } from '../../experiments/tuning/sweep-spec.ts'
import { issuesOf } from './error-issues.ts'

export type AxisKind = 'range' | 'log' | 'values'

export interface DraftAxis {
  readonly place: AxisPlace
  kind: AxisKind
  from: string
  to: string
  /** Separated by commas, of a list of numbers. */
  values: string
  /** Of a choice: which are in, by their index. */
  chosen: readonly number[]
  /** The axis exists only where another one has this value: `path=index`; empty: always. */
  when: string
}

export interface SweepBase {
  readonly experiment: Readonly<Record<string, unknown>>
  /** Undefined where its network is not known here. */
  readonly document: NetworkDocument | undefined
  readonly title: string
}

export type SearchType = 'grid' | 'random' | 'sobol' | 'tpe' | 'gp'
export type FidelityType = 'none' | 'asha' | 'halving' | 'hyperband' | 'median'

export class SweepPlan {
  open = $state(false)
  base: SweepBase | null = $state.raw(null)
  axes: DraftAxis[] = $state([])
  name = $state('')
  search: SearchType = $state('tpe')
  fidelity: FidelityType = $state('asha')
  trials = $state('20')
  seeds = $state('1')
  /** A second thing to optimise, for a trade-off. */
  second: ObjectiveMetric | '' = $state('')
  parallel = $state('1')
  inheritWeights = $state(false)

  /** Everything that may become an axis and is none yet. */
  readonly places: readonly AxisPlace[] = $derived.by(() => {
    const { base } = this
    if (!base) return []
    const taken = new Set(this.axes.map(({ place }) => place.path))
    const all = [...trainingPlaces(base.experiment), ...(base.document ? networkPlaces(base.document) : [])]
    return all.filter(({ path }) => !taken.has(path))
  })
  readonly epochs: number | undefined = $derived.by(() => {
    const train = this.base?.experiment['train'] as { epochs?: unknown } | undefined
    return typeof train?.epochs === 'number' ? train.epochs : undefined
  })
  /** The sweep as it is typed, or what is wrong with it. */
  readonly checked: {
    readonly spec: SweepSpecInput
    readonly issues: readonly Issue[]
    readonly size: number | undefined
  } = $derived.by(() => {
    const spec = this.#spec()
    try {
      const parsed = parseSweepSpec(spec)
      const checked = checkSweep(parsed, this.epochs)
      if (!checked.ok) return { spec, issues: checked.issues, size: undefined }
      return {
        spec,
        issues: [],
        size: parsed.search.type === 'grid' ? gridSize(checked.space.axes) : spaceSize(checked.space),
      }
    } catch (fault) {
      return { spec, issues: issuesOf(toErrorRecord(fault)) as readonly Issue[], size: undefined }
    }
  })

  /** Opens the dialog on an experiment; axes that were collected stay, where there are none the learning rate is suggested. */
  begin(base: SweepBase): void {
    this.base = base
    this.name = base.title
    if (this.axes.length === 0) {
      const rate = trainingPlaces(base.experiment).find(({ path }) => path === 'train.learningRate')
      if (rate) this.add(rate)
    }
    this.open = true
  }

  /** Returns whether it is new. */
  add(place: AxisPlace, kind?: AxisKind): boolean {
    if (this.axes.some((axis) => axis.place.path === place.path)) return false
    this.axes = [...this.axes, draftOf(place, kind)]
    return true
  }

  remove(path: string): void {
    this.axes = this.axes.filter(({ place }) => place.path !== path)
  }

  clear(): void {
    this.axes = []
    this.open = false
  }

  /** Choices of other axes that an axis may depend on. */
  conditionsOf(axis: DraftAxis): readonly { readonly key: string; readonly path: string; readonly value: JsonValue }[] {
    return this.axes.flatMap((other) => {
      if (other.place.kind !== 'choice' || other.place.path === axis.place.path) return []
      return listedValues(other).map((value, index) => ({
        key: `${other.place.path}=${index}`,
        path: other.place.path,
        value,
      }))
    })
  }

  #spec(): SweepSpecInput {
    const { experiment = {} } = this.base ?? {}
    const { name: _name, ...rest } = experiment
    return {
      version: 1,
      name: this.name.trim(),
      experiment: rest,
      space: this.axes.map((axis) => this.#axis(axis)),
      search: { type: this.search },
      fidelity: { type: this.fidelity },
      objectives: [{ metric: 'accuracy' }, ...(this.second === '' ? [] : [{ metric: this.second }])],
      budget: { trials: numberOf(this.trials) },
      replicates: { count: numberOf(this.seeds), racing: true },
      parallel: numberOf(this.parallel),
      inheritWeights: this.inheritWeights,
    }
  }

  #axis(axis: DraftAxis): AxisSpecInput {
    const { place, kind } = axis
    const condition = this.conditionsOf(axis).find(({ key }) => key === axis.when)
    const when = condition && { when: { axis: condition.path, in: [condition.value as z.core.util.JSONType] } }
    if (kind === 'values') {
      const labels =
        place.kind === 'choice' ? { labels: axis.chosen.map((index) => place.choices[index]?.label ?? '') } : {}
      return { path: place.path, values: listedValues(axis) as AxisSpecInput['values'], ...labels, ...when }
    }
    return {
      path: place.path,
      range: [numberOf(axis.from), numberOf(axis.to)],
      scale: kind === 'log' ? 'log' : 'linear',
      integer: place.kind === 'integer',
      ...when,
    }
  }
}

/** Text that is no number stays text: the check says what it expects there. */
function numberOf(text: string): number {
  return (text.trim() === '' ? text : Number(text)) as number
}

function listedValues(axis: DraftAxis): readonly JsonValue[] {
  if (axis.kind !== 'values') return []
  const { place } = axis
  if (place.kind === 'choice') return axis.chosen.flatMap((index) => place.choices[index]?.value ?? [])
  return axis.values
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (Number.isNaN(Number(part)) ? part : Number(part)))
}

function draftOf(place: AxisPlace, kind?: AxisKind): DraftAxis {
  const suggested = suggestAxis(place)
  const draft = { place, kind: kind ?? suggested.kind, from: '', to: '', values: '', when: '', chosen: [] as number[] }
  if (place.kind === 'choice') return { ...draft, kind: 'values', chosen: place.choices.map((_, index) => index) }
  if (suggested.kind === 'values') {
    const numbers = suggested.values.filter((value) => typeof value === 'number')
    const [from, to] = [Math.min(...numbers), Math.max(...numbers)]
    return { ...draft, values: numbers.join(', '), from: String(from), to: String(to) }
  }
  const { from, to } = suggested
  const middle = typeof place.value === 'number' && place.value > from && place.value < to ? [place.value] : []
  return { ...draft, from: String(from), to: String(to), values: [from, ...middle, to].join(', ') }
}

function gridSize(axes: readonly { readonly grid: readonly number[] }[]): number {
  return axes.reduce((size, { grid }) => size * grid.length, 1)
}
