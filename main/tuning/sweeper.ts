/**
 * Runs sweeps on the queue. `nextStep` decides, this object does: it adds runs, lets paused ones go on, stops those that fall behind, and writes
 * down each decision in the transaction that makes it true. It knows nothing that the store does not: after a kill it asks again.
 */
import { issuesError, StudioError, toErrorRecord, type JsonObject } from '../../experiments/errors/studio-error.ts'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { checkPlaces } from '../../experiments/tuning/check-places.ts'
import { checkSweep } from '../../experiments/tuning/check-sweep.ts'
import { isBusy, nextStep, type SweepStep } from '../../experiments/tuning/next-step.ts'
import { axisName } from '../../experiments/tuning/space/axis-spec.ts'
import type { SearchSpace } from '../../experiments/tuning/space/search-space.ts'
import type { SweepFacts, SweepTrial } from '../../experiments/tuning/sweep-record.ts'
import { parseSweepSpec, type SweepEdit, type SweepSpec } from '../../experiments/tuning/sweep-spec.ts'
import type { EngineSurvey } from '../engines/survey/engine-survey.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { bestTrial } from '../../experiments/tuning/trial-values.ts'
import { weightsOfRun } from '../weights/run-weights.ts'
import { prepareRun, type PreparationPlace } from '../queue/prepare-run.ts'
import type { RunQueue } from '../queue/run-queue.ts'
import type { StudioEmitter, StudioEvents } from '../queue/studio-events.ts'
import type { Store } from '../store/open-store.ts'
import type { StoredSweep } from '../store/sweep-table.ts'
import { planTrial, shapeOf } from './plan-trial.ts'
import { summaryOf } from './sweep-view.ts'
import { baseDocument } from './trial-experiment.ts'

export interface SweeperOptions {
  readonly home: string
  readonly store: Store
  readonly queue: RunQueue
  readonly engines: EngineSurvey
  readonly emit: StudioEmitter
  readonly onFault: (fault: unknown, sweep: number) => void
}

export class Sweeper {
  private readonly options: SweeperOptions
  private readonly store: Store
  private readonly queue: RunQueue
  /** Sweeps that are being looked at; true: something changed meanwhile, look again. */
  private readonly advancing = new Map<number, boolean>()
  /** What each run was last seen to do. */
  private readonly seen = new Map<number, string>()
  private isClosing = false

  constructor(options: SweeperOptions) {
    this.options = options
    this.store = options.store
    this.queue = options.queue
  }

  /** Takes up what a killed service left. */
  start(): void {
    for (const sweep of this.store.sweeps.running()) this.advance(sweep)
  }

  /** Whether a sweep is between two trials: the service has work though nothing trains. */
  get isActive(): boolean {
    return this.advancing.size > 0
  }

  close(): void {
    this.isClosing = true
  }

  /** What the service tells its clients is what moves sweeps, too. */
  onEvent<Event extends keyof StudioEvents>(event: Event, payload: StudioEvents[Event]): void {
    if (event === 'run.epoch') this.noticed([(payload as StudioEvents['run.epoch']).run])
    else if (event === 'run.removed') this.noticed([(payload as StudioEvents['run.removed']).run])
    else if (event === 'run.changed') this.changed([payload as StudioEvents['run.changed']])
    else if (event === 'runs.changed') this.changed((payload as StudioEvents['runs.changed']).runs)
  }

  /** @throws StudioError with every problem of the sweep and of its experiment */
  async create(json: unknown): Promise<number> {
    const { spec, facts } = await this.check(parseSweepSpec(json))
    const sweep = this.store.sweeps.add(spec, facts, 'running')
    this.advance(sweep)
    return sweep
  }

  /** Running trials end with a checkpoint; resolves when they have. */
  async pause(sweep: number): Promise<void> {
    const { state } = this.store.sweeps.get(sweep)
    if (state !== 'running') throw wrongState(sweep, state, 'paused', 'running')
    const runs = this.store.sweeps.trials(sweep).flatMap(openRuns)
    this.queue.actions.steer(
      runs.map((run) => ({ run, after: { intent: 'pause' } })),
      () => {
        this.store.sweeps.change(sweep, { state: 'paused' })
        this.store.sweeps.decide(sweep, 'paused', null)
      },
    )
    await this.queue.actions.stopped(runs)
    this.announce(sweep)
  }

  resume(sweep: number): void {
    const { state } = this.store.sweeps.get(sweep)
    if (state === 'running') throw wrongState(sweep, state, 'resumed', 'paused or ended')
    this.goOn(sweep, 'resumed', {})
  }

  /** More trials, epochs or both, beyond what the budget allows now; without either, as much again. */
  extend(sweep: number, more: { readonly trials?: number | undefined; readonly epochs?: number | undefined }): void {
    const { spec } = this.store.sweeps.get(sweep)
    const { trials, epochs } = spec.budget
    const isNamed = more.trials !== undefined || more.epochs !== undefined
    const added = isNamed ? more : { trials, epochs }
    const budget = {
      ...(trials !== undefined && { trials: trials + (added.trials ?? 0) }),
      ...(epochs !== undefined && { epochs: epochs + (added.epochs ?? 0) }),
    }
    if (JSON.stringify(budget) === JSON.stringify(spec.budget)) {
      const limited = trials === undefined ? 'epochs' : 'trials'
      const message = `sweep ${sweep} is limited by its number of ${limited}: extend that`
      throw new StudioError('out-of-range', message, { sweep })
    }
    this.store.sweeps.change(sweep, { spec: { ...spec, budget } })
    this.goOn(sweep, 'extended', { before: spec.budget as JsonObject, after: budget })
  }

  /** The trials so far stay; those outside of a new space are no longer learnt from. */
  async edit(sweep: number, change: SweepEdit): Promise<void> {
    const before = this.store.sweeps.get(sweep)
    const edited: JsonObject = { ...(before.spec as unknown as JsonObject), ...defined(change) }
    const kept = Object.entries(edited).filter(([, value]) => value !== null)
    const { spec, facts } = await this.check(parseSweepSpec(Object.fromEntries(kept)))
    this.store.transaction(() => {
      this.store.sweeps.change(sweep, { spec, facts })
      this.store.sweeps.decide(sweep, 'edited', null, { changed: Object.keys(defined(change)) })
    })
    this.announce(sweep)
    this.advance(sweep)
  }

  /** Failed trainings go on from their last checkpoint, or begin again; everything else stays as it is. */
  retryFailed(sweep: number): number {
    const trials = this.store.sweeps.trials(sweep)
    const failed = trials.flatMap(({ run, state, replicates }) => [
      ...(state === 'failed' && run !== null ? [run] : []),
      ...replicates.flatMap((replicate) => (replicate.status === 'failed' ? [replicate.run] : [])),
    ])
    if (failed.length === 0) {
      throw new StudioError('sweep-state', `no trial of sweep ${sweep} failed, so there is none to try again`, {
        sweep,
      })
    }
    this.goOn(sweep, 'retried', { runs: failed }, failed)
    return failed.length
  }

  /** Stops what trains and hides the sweep; runs and trials stay in the store. */
  async delete(sweep: number): Promise<void> {
    if (this.store.sweeps.get(sweep).state === 'running') await this.pause(sweep)
    this.store.sweeps.setDeleted(sweep, Date.now())
    this.options.emit('sweep.removed', { sweep })
  }

  restore(sweep: number): void {
    this.store.sweeps.setDeleted(sweep, null)
    this.announce(sweep)
  }

  announce(sweep: number): void {
    this.options.emit('sweep.changed', summaryOf(this.store, this.store.sweeps.get(sweep)))
  }

  private goOn(
    sweep: number,
    type: 'resumed' | 'extended' | 'retried',
    data: JsonObject,
    also: readonly number[] = [],
  ): void {
    const trials = this.store.sweeps.trials(sweep)
    const held = trials.flatMap((trial) => (trial.state === 'held' ? [trial.run] : [])).filter((run) => run !== null)
    const replicates = trials.flatMap((trial) =>
      trial.replicates.flatMap(({ run, status }) => (status === 'paused' ? [run] : [])),
    )
    const patches = [...also, ...held, ...replicates].map((run) => ({ run, after: { intent: 'go' } as const }))
    this.queue.actions.steer(patches, () => {
      this.store.sweeps.change(sweep, { state: 'running', problem: null, endedAt: null, checkedFrom: trials.length })
      this.store.sweeps.decide(sweep, type, null, data)
    })
    this.announce(sweep)
    this.advance(sweep)
  }

  /** Everything that can be known before the first trial: the sweep itself, its experiment, and whether they fit. */
  private async check(spec: SweepSpec): Promise<{ spec: SweepSpec; facts: SweepFacts }> {
    const named = { name: spec.name, ...spec.experiment }
    const experiment = parseExperimentSpec(named, 'sweep: experiment')
    const checked = checkSweep(spec, experiment.train.epochs)
    if (!checked.ok) throw issuesError('sweep', checked.issues)
    const { run, dataset } = await prepareRun(named, this.place())
    const document = baseDocument(spec.experiment['network'], await shapeOf(named, this.options.home))
    const lost = checkPlaces(checked.space, spec.space.map(axisName), { experiment: named, document })
    if (lost.length > 0) throw issuesError('sweep', lost)
    const taken = Math.min(experiment.data.limit ?? dataset.trainCount, dataset.trainCount)
    const heldOut = Math.round(taken * experiment.data.validation)
    const facts = {
      ...{ network: run.network, dataset: dataset.name, maxEpochs: experiment.train.epochs },
      heldOut: heldOut === 0 ? taken : heldOut,
    }
    return { spec: { ...spec, experiment: named }, facts }
  }

  private place(): PreparationPlace {
    const { home, engines } = this.options
    return { home, engines, weightsOfRun: (run) => weightsOfRun(this.store, this.queue, run) }
  }

  private changed(runs: readonly Pick<RunSummary, 'id' | 'status'>[]): void {
    const others = runs.filter(({ id, status }) => this.seen.get(id) !== status)
    for (const { id, status } of others) this.seen.set(id, status)
    this.noticed(others.map(({ id }) => id))
  }

  private noticed(runs: readonly number[]): void {
    if (runs.length > 0) for (const sweep of this.store.sweeps.ofRuns(runs)) this.moved(sweep)
  }

  private moved(sweep: number): void {
    try {
      this.announce(sweep)
    } catch (fault) {
      // A deleted sweep whose runs go on is nobody's concern.
      if (fault instanceof StudioError && fault.code === 'sweep-not-found') return
      throw fault
    }
    this.advance(sweep)
  }

  /** Does what is next, again and again, until there is nothing to do; never twice at a time for one sweep. */
  private advance(sweep: number): void {
    if (this.isClosing) return
    if (this.advancing.has(sweep)) {
      this.advancing.set(sweep, true)
      return
    }
    this.advancing.set(sweep, false)
    // The event that led here is still being told to others.
    setImmediate(() => void this.advanceNow(sweep))
  }

  private async advanceNow(sweep: number): Promise<void> {
    try {
      do {
        this.advancing.set(sweep, false)
        while (await this.takeStep(sweep));
      } while (this.advancing.get(sweep) === true)
    } catch (fault) {
      this.failed(sweep, fault)
    } finally {
      this.advancing.delete(sweep)
      if (!this.isClosing) this.announceIfThere(sweep)
    }
  }

  private announceIfThere(sweep: number): void {
    try {
      this.announce(sweep)
    } catch (fault) {
      if (!(fault instanceof StudioError && fault.code === 'sweep-not-found')) this.options.onFault(fault, sweep)
    }
  }

  private failed(sweep: number, fault: unknown): void {
    if (this.isClosing) return
    if (!(fault instanceof StudioError)) this.options.onFault(fault, sweep)
    try {
      this.end(sweep, { type: 'fail', problem: toErrorRecord(fault) })
    } catch (second) {
      this.options.onFault(second, sweep)
    }
  }

  /** Returns whether there may be more to do at once. */
  private async takeStep(sweep: number): Promise<boolean> {
    if (this.isClosing || !this.store.sweeps.running().includes(sweep)) return false
    const stored = this.store.sweeps.get(sweep)
    const checked = checkSweep(stored.spec, stored.facts.maxEpochs)
    if (!checked.ok) throw issuesError('sweep', checked.issues)
    const { spec, facts, checkedFrom } = stored
    const trials = this.store.sweeps.trials(sweep)
    const situation = { spec, space: checked.space, maxEpochs: facts.maxEpochs, trials, checkedFrom }
    const step = nextStep(situation)
    switch (step.type) {
      case 'start':
        await this.begin(stored, checked.space, trials, step)
        return true
      case 'replicate':
        await this.replicate(stored, checked.space, trials, step)
        return true
      case 'promote':
        this.promote(stored, trials, step)
        return true
      case 'stop':
        this.stop(sweep, trials, step)
        return true
      case 'wait':
        return false
      case 'done':
      case 'fail':
        this.end(sweep, step)
        return false
    }
  }

  private async begin(
    stored: StoredSweep,
    space: SearchSpace,
    trials: readonly SweepTrial[],
    { number, draw, bracket, configuration, epochs }: Extract<SweepStep, { type: 'start' }>,
  ): Promise<void> {
    const { id, spec, facts } = stored
    const request = {
      spec,
      space,
      configuration,
      name: `${spec.name} #${number}`,
      replicate: 0,
      parent: this.parentOf(spec, trials),
    }
    const result = await planTrial(request, this.place())
    if (!this.isStill(stored)) return
    const trial = { number, draw, bracket, configuration, target: epochs }
    if (!result.ok) {
      const { code, message } = result.impossible
      this.store.transaction(() => {
        const unknown = { parameters: null, multiplyAdds: null }
        this.store.sweeps.addTrial(id, { ...trial, ...unknown, target: 0, impossible: result.impossible })
        this.store.sweeps.decide(id, 'skipped', number, { code, message })
      })
      return
    }
    const { run, dataset, parameters, multiplyAdds, inheritedRun } = result.plan
    this.store.datasets.remember(dataset)
    const pauseAfterEpoch = epochs < facts.maxEpochs ? epochs : null
    this.queue.enqueueFor(run, { pauseAfterEpoch }, (added) => {
      this.store.sweeps.addTrial(id, { ...trial, parameters, multiplyAdds, inheritedRun })
      this.store.sweeps.addRun(id, number, 0, added)
      this.store.sweeps.decide(id, 'started', number, { epochs, bracket })
    })
  }

  /** The best trial so far, where later ones begin with its weights and it has some to give. */
  private parentOf(spec: SweepSpec, trials: readonly SweepTrial[]) {
    const [objective] = spec.objectives
    const run = spec.inheritWeights && objective ? bestTrial(trials, objective)?.run : undefined
    if (run === undefined || run === null || this.store.checkpoints.list(run).length === 0) return undefined
    return { run, document: parseNetworkDocumentOrThrow(this.store.runs.experiment(run).document) }
  }

  private async replicate(
    stored: StoredSweep,
    space: SearchSpace,
    trials: readonly SweepTrial[],
    { trial, replicate }: Extract<SweepStep, { type: 'replicate' }>,
  ): Promise<void> {
    const { id, spec } = stored
    const configuration = trials.find(({ number }) => number === trial)?.configuration ?? {}
    const name = `${spec.name} #${trial}, seed ${replicate + 1}`
    const result = await planTrial({ spec, space, configuration, name, replicate }, this.place())
    if (!this.isStill(stored)) return
    if (!result.ok) throw new StudioError('sweep-state', result.impossible.message, result.impossible.details)
    this.queue.enqueueFor(result.plan.run, {}, (added) => {
      this.store.sweeps.addRun(id, trial, replicate, added)
      this.store.sweeps.decide(id, 'replicated', trial, { replicate })
    })
  }

  private promote(
    { id, facts }: StoredSweep,
    trials: readonly SweepTrial[],
    { trial, epochs, rank, of }: Extract<SweepStep, { type: 'promote' }>,
  ): void {
    const { run, target } = runOf(trials, trial)
    const pauseAfterEpoch = epochs < facts.maxEpochs ? epochs : null
    this.queue.actions.steer([{ run, after: { intent: 'go', pauseAfterEpoch } }], () => {
      this.store.sweeps.changeTrial(id, trial, { target: epochs })
      this.store.sweeps.decide(id, 'promoted', trial, { from: target, to: epochs, rank, of })
    })
  }

  private stop(
    sweep: number,
    trials: readonly SweepTrial[],
    { trial, verdict }: Extract<SweepStep, { type: 'stop' }>,
  ): void {
    const { run } = runOf(trials, trial)
    this.queue.actions.steer([{ run, after: { intent: 'end' } }], () => {
      this.store.sweeps.changeTrial(sweep, trial, { target: verdict.epoch, verdict })
      this.store.sweeps.decide(sweep, 'stopped', trial, { ...verdict })
    })
  }

  private end(sweep: number, step: Extract<SweepStep, { type: 'done' | 'fail' }>): void {
    const problem = step.type === 'fail' ? step.problem : null
    this.store.transaction(() => {
      const state = problem === null ? 'done' : 'failed'
      this.store.sweeps.change(sweep, { state, problem, endedAt: Date.now() })
      this.store.sweeps.decide(sweep, state, null, problem === null ? {} : { problem: { ...problem } })
    })
  }

  /** Whether nobody paused or changed the sweep while a trial was being prepared. */
  private isStill({ id, revision }: StoredSweep): boolean {
    return (
      !this.isClosing && this.store.sweeps.running().includes(id) && this.store.sweeps.get(id).revision === revision
    )
  }
}

function openRuns(trial: SweepTrial): number[] {
  if (!isBusy(trial)) return []
  const own = trial.state === 'waiting' || trial.state === 'running' ? [trial.run] : []
  const further = trial.replicates.map(({ run, status }) => (status === 'queued' || status === 'running' ? run : null))
  return [...own, ...further].filter((run) => run !== null)
}

function runOf(trials: readonly SweepTrial[], number: number): { run: number; target: number } {
  const trial = trials.find((candidate) => candidate.number === number)
  if (trial === undefined || trial.run === null) throw new Error(`trial ${number} has no run`)
  return { run: trial.run, target: trial.target }
}

function defined(change: SweepEdit): JsonObject {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as JsonObject
}

function wrongState(sweep: number, state: string, done: string, needed: string): StudioError {
  return new StudioError('sweep-state', `sweep ${sweep} is ${state}; only a ${needed} one can be ${done}`, {
    sweep,
    state,
  })
}
