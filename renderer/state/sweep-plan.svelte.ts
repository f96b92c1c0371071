/**
 * A sweep that is being planned: the experiment it varies, axes as they are typed, and how to search. Axes are collected from the training form,
 * from the canvas and in the dialog; they wait here until the sweep begins. A sweep that has begun is changed in the same way.
 */
import { networkPlaces } from '../../experiments/tuning/places/network-places.ts'
import { trainingPlaces } from '../../experiments/tuning/places/training-places.ts'
import type { AxisPlace } from '../../experiments/tuning/places/axis-place.ts'
import { checkPlaces } from '../../experiments/tuning/check-places.ts'
import { checkSweep } from '../../experiments/tuning/check-sweep.ts'
import { toErrorRecord, type Issue } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { axisName } from '../../experiments/tuning/space/axis-spec.ts'
import type { ParallelAdvice } from '../../experiments/tuning/parallel-advice.ts'
import { spaceSize } from '../../experiments/tuning/space/search-space.ts'
import {
  parseSweepSpec,
  sweepEdit,
  type ObjectiveMetric,
  type SweepEdit,
  type SweepSpec,
  type SweepSpecInput,
} from '../../experiments/tuning/sweep-spec.ts'
import type { SweepDetail } from '../../experiments/tuning/sweep-record.ts'
import { axisOf, dependencesOn, draftFrom, draftOf, numberOf } from './draft-axis.ts'
import type { AxisDependence, AxisKind, DraftAxis } from './draft-axis.ts'
import { issuesOf } from './error-issues.ts'

export interface SweepBase {
  readonly experiment: Readonly<Record<string, unknown>>
  /** Undefined where its network is not known here. */
  readonly document: NetworkDocument | undefined
  readonly title: string
}

export type SearchType = SweepSpec['search']['type']
type SearchInput = NonNullable<SweepSpecInput['search']>
export type FidelityType = SweepSpec['fidelity']['type']

export interface CheckedPlan {
  readonly spec: SweepSpecInput
  readonly issues: readonly Issue[]
  /** Number of configurations, where they can be counted. */
  readonly size: number | undefined
}

/** How to search, as it is typed. */
class SearchFields {
  name = $state('')
  search: SearchType = $state('tpe')
  /** Of TPE: improvement is weighed against multiply-adds. */
  perCost = $state(false)
  fidelity: FidelityType = $state('asha')
  /** Epochs of the first rung. */
  minEpochs = $state('1')
  /** One in so many goes on from a rung. */
  reduction = $state('3')
  /** Of median stopping: epochs in which nothing is stopped, and trials that must have gone as far. */
  graceEpochs = $state('1')
  minTrials = $state('4')
  /** Empty where epochs alone limit the sweep. */
  trials = $state('20')
  /** Of all trials together; empty is no limit. */
  epochBudget = $state('')
  seeds = $state('1')
  racing = $state(true)
  lead: 'accuracy' | 'loss' = $state('accuracy')
  /** A second thing to optimise, for a trade-off. */
  second: ObjectiveMetric | '' = $state('')
  /** Empty is what is advised. */
  parallel = $state('')
  inheritWeights = $state(false)
  /** Accuracy in per cent; empty is none. */
  target = $state('')
  untilTarget = $state(false)
  /** Epochs to which the best is trained on; empty is three times those of a trial. */
  fullEpochs = $state('')
  /** Gigabytes; empty is half of the machine's. */
  memoryLimit = $state('')
  seed = $state('1')
}

export class SweepPlan {
  open = $state(false)
  base: SweepBase | null = $state.raw(null)
  axes: DraftAxis[] = $state([])
  fields = $state.raw(new SearchFields())
  /** The sweep that is changed; null for a new one. */
  editing: SweepDetail | null = $state.raw(null)
  /** How many trials to train at a time, once that is measured; null where it cannot be said. */
  advice: ParallelAdvice | null | 'measuring' = $state.raw(null)
  /** Axes of the next sweep, while another one is changed. */
  #waiting: DraftAxis[] = []

  /** Everything that may become an axis. */
  readonly #all: readonly AxisPlace[] = $derived.by(() => {
    const { base } = this
    if (!base) return []
    return [...trainingPlaces(base.experiment), ...(base.document ? networkPlaces(base.document) : [])]
  })
  /** Everything that may become an axis and is none yet. */
  readonly places: readonly AxisPlace[] = $derived.by(() => {
    const taken = new Set(this.axes.map(({ place }) => place.path))
    return this.#all.filter(({ path }) => !taken.has(path))
  })
  readonly epochs: number | undefined = $derived.by(() => {
    const train = this.base?.experiment['train'] as { epochs?: unknown } | undefined
    return typeof train?.epochs === 'number' ? train.epochs : undefined
  })
  /** The sweep as it is typed, or what is wrong with it. */
  readonly checked: CheckedPlan = $derived.by(() => {
    const spec = this.#spec()
    try {
      const parsed = parseSweepSpec(spec)
      const checked = checkSweep(parsed, this.epochs)
      if (!checked.ok) return { spec, issues: checked.issues, size: undefined }
      const { experiment = {}, document } = this.base ?? {}
      const issues = checkPlaces(checked.space, parsed.space.map(axisName), { experiment: { ...experiment }, document })
      const isGrid = parsed.search.type === 'grid'
      return { spec, issues, size: isGrid ? gridSize(checked.space.axes) : spaceSize(checked.space) }
    } catch (fault) {
      return { spec, issues: issuesOf(toErrorRecord(fault)) as readonly Issue[], size: undefined }
    }
  })
  /** What is different from the sweep that is changed. */
  readonly change: SweepEdit = $derived.by(() => {
    const { editing } = this
    if (!editing || this.checked.issues.length > 0) return {}
    const now = parseSweepSpec(this.checked.spec)
    const keys = Object.keys(sweepEdit.shape) as (keyof SweepEdit)[]
    const changed = keys.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(editing.spec[key]))
    return Object.fromEntries(changed.map((key) => [key, now[key] ?? null]))
  })

  /** Opens the dialog on an experiment; axes that were collected stay, where there are none the learning rate is suggested. */
  begin(base: SweepBase): void {
    this.base = base
    this.fields.name = base.title
    if (this.axes.length === 0) {
      const rate = trainingPlaces(base.experiment).find(({ path }) => path === 'train.learningRate')
      if (rate) this.add(rate)
    }
    this.open = true
  }

  /** Opens the dialog on a sweep that has begun. @param document its network, where it is known */
  edit(sweep: SweepDetail, document: NetworkDocument | undefined): void {
    const { spec } = sweep
    if (!this.editing) this.#waiting = this.axes
    this.editing = sweep
    this.base = { experiment: spec.experiment, document, title: spec.name }
    this.axes = spec.space.map((axis) => draftFrom(axis, this.#all))
    this.fields = fieldsOf(spec)
    this.open = true
  }

  has(path: string): boolean {
    return this.axes.some(({ place }) => place.path === path)
  }

  /** Returns whether it is new. */
  add(place: AxisPlace, kind?: AxisKind): boolean {
    if (this.has(place.path)) return false
    this.axes = [...this.axes, draftOf(place, kind)]
    return true
  }

  remove(path: string): void {
    this.axes = this.axes.filter(({ place }) => place.path !== path)
  }

  /** Closes the dialog; a plan of a new sweep stays as it is. */
  close(): void {
    this.open = false
    if (!this.editing) return
    this.editing = null
    this.axes = this.#waiting
    this.fields = new SearchFields()
  }

  clear(): void {
    this.axes = []
    this.#waiting = []
    this.close()
  }

  /** What of other axes an axis may depend on. */
  conditionsOf(axis: DraftAxis): readonly AxisDependence[] {
    return this.axes.flatMap((other) => (other.place.path === axis.place.path ? [] : dependencesOn(other)))
  }

  get advisedParallel(): number {
    return this.advice !== null && this.advice !== 'measuring' ? this.advice.parallel : 1
  }

  /** @param ask measures for a few seconds; a plan of another experiment does not take the answer */
  async takeAdvice(ask: (experiment: SweepBase['experiment']) => Promise<ParallelAdvice>): Promise<void> {
    const { base } = this
    if (base === null || this.editing) return
    this.advice = 'measuring'
    // What is wrong with the experiment is said when the sweep begins.
    const advice = await ask(base.experiment).catch(() => null)
    if (this.base === base) this.advice = advice
  }

  #spec(): SweepSpecInput {
    const { experiment = {} } = this.base ?? {}
    const { name: _name, ...rest } = experiment
    const { fields, editing } = this
    const { target, second, epochBudget, trials } = fields
    const before = editing?.spec
    return {
      version: 1,
      name: fields.name.trim(),
      experiment: editing ? { ...experiment } : rest,
      space: this.axes.map((axis) => axisOf(axis, this.conditionsOf(axis))),
      search: searchOf(fields, before?.search),
      fidelity: before?.fidelity ?? fidelityOf(fields),
      objectives: before?.objectives ?? [{ metric: fields.lead }, ...(second === '' ? [] : [{ metric: second }])],
      budget: {
        ...((trials.trim() !== '' || epochBudget.trim() === '') && { trials: numberOf(trials) }),
        ...(epochBudget.trim() !== '' && { epochs: numberOf(epochBudget) }),
      },
      replicates: { count: numberOf(fields.seeds), racing: fields.racing },
      parallel: !editing && fields.parallel.trim() === '' ? this.advisedParallel : numberOf(fields.parallel),
      inheritWeights: before?.inheritWeights ?? fields.inheritWeights,
      ...(target.trim() !== '' && { target: share(target), untilTarget: fields.untilTarget }),
      ...(fields.fullEpochs.trim() !== '' && { fullEpochs: numberOf(fields.fullEpochs) }),
      ...(fields.memoryLimit.trim() !== '' && { memoryLimit: bytesOf(fields.memoryLimit) }),
      seed: before?.seed ?? numberOf(fields.seed),
    }
  }
}

/** What has no field stays as it was. */
function searchOf({ search: type, perCost }: SearchFields, before: SweepSpec['search'] | undefined): SearchInput {
  const kept: SearchInput = before?.type === type ? before : { type }
  return kept.type === 'tpe' ? { ...kept, perCost } : kept
}

function fidelityOf(fields: SearchFields): NonNullable<SweepSpecInput['fidelity']> {
  const { fidelity: type } = fields
  if (type === 'none') return { type }
  if (type === 'median') {
    return { type, graceEpochs: numberOf(fields.graceEpochs), minTrials: numberOf(fields.minTrials) }
  }
  return { type, minEpochs: numberOf(fields.minEpochs), reduction: numberOf(fields.reduction) }
}

function fieldsOf(spec: SweepSpec): SearchFields {
  const fields = new SearchFields()
  const { objectives, budget, replicates, target, search, fullEpochs, memoryLimit } = spec
  fields.name = spec.name
  fields.search = search.type
  fields.perCost = search.type === 'tpe' && search.perCost
  fields.fullEpochs = fullEpochs === undefined ? '' : String(fullEpochs)
  fields.memoryLimit = memoryLimit === undefined ? '' : String(memoryLimit / gigabyte)
  fields.fidelity = spec.fidelity.type
  fields.trials = budget.trials === undefined ? '' : String(budget.trials)
  fields.epochBudget = budget.epochs === undefined ? '' : String(budget.epochs)
  fields.seeds = String(replicates.count)
  fields.racing = replicates.racing
  fields.lead = objectives[0]?.metric === 'loss' ? 'loss' : 'accuracy'
  fields.second = objectives[1]?.metric ?? ''
  fields.parallel = String(spec.parallel)
  fields.inheritWeights = spec.inheritWeights
  fields.target = target === undefined ? '' : String(Number((100 * target).toPrecision(12)))
  fields.untilTarget = spec.untilTarget
  fields.seed = String(spec.seed)
  return fields
}

const gigabyte = 1e9

/** Text that is no number stays text. */
function bytesOf(gigabytes: string): number {
  const value = numberOf(gigabytes)
  return typeof value === 'number' ? Math.round(value * gigabyte) : value
}

/** Of a percentage; text that is none stays text. */
function share(percent: string): number {
  const value = numberOf(percent)
  return typeof value === 'number' ? Number((value / 100).toPrecision(12)) : value
}

function gridSize(axes: readonly { readonly grid: readonly number[] }[]): number {
  return axes.reduce((size, { grid }) => size * grid.length, 1)
}
