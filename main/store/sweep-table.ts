/** Sweeps, their trials with what their runs reported, and their decisions. Only `../tuning` changes them. */
import { StudioError, type ErrorRecord, type JsonObject } from '../../experiments/errors/studio-error.ts'
import type { Configuration } from '../../experiments/tuning/space/search-space.ts'
import type {
  MedianStop,
  SweepDecision,
  SweepDecisionType,
  SweepFacts,
  SweepState,
  SweepTrial,
  TrainingSpan,
  TrialState,
} from '../../experiments/tuning/sweep-record.ts'
import type { SweepSpec } from '../../experiments/tuning/sweep-spec.ts'
import { oneOf } from './row-sets.ts'
import type { SqlConnection } from './sql-connection.ts'

export interface StoredSweep {
  readonly id: number
  readonly name: string
  readonly state: SweepState
  readonly spec: SweepSpec
  readonly facts: SweepFacts
  readonly problem: ErrorRecord | null
  readonly revision: number
  readonly checkedFrom: number
  readonly createdAt: number
  readonly endedAt: number | null
}

export interface NewTrial {
  readonly number: number
  readonly draw: number
  readonly bracket: number
  readonly configuration: Configuration
  readonly target: number
  readonly impossible?: ErrorRecord
  readonly parameters: number | null
  readonly multiplyAdds: number | null
  readonly inheritedRun?: number | null
}

export type SweepChange = Partial<
  Pick<StoredSweep, 'name' | 'state' | 'spec' | 'facts' | 'problem' | 'checkedFrom' | 'endedAt'>
>

/** Events of a run that get and give back the device. */
const claimed = 'run.claimed'
const left = ['run.paused', 'run.finished', 'run.stopped', 'run.failed', 'run.requeued']

export class SweepTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  add(spec: SweepSpec, facts: SweepFacts, state: SweepState): number {
    const values = {
      ...{ name: spec.name, state, spec: JSON.stringify(spec), facts: JSON.stringify(facts) },
      created_at: Date.now(),
    }
    return this.connection.run(this.connection.build.insertInto('sweeps').values(values)).lastId
  }

  /** Throws `sweep-not-found`. */
  get(sweep: number): StoredSweep {
    const row = this.connection.first(this.query().where('id', '=', sweep))
    if (row === undefined) {
      throw new StudioError('sweep-not-found', `no sweep has the number ${sweep}; "strata sweep list" shows them all`, {
        sweep,
      })
    }
    return storedSweepOf(row)
  }

  /** Newest first. */
  list(): StoredSweep[] {
    return this.connection.all(this.query().orderBy('id', 'desc')).map(storedSweepOf)
  }

  running(): number[] {
    const query = this.connection.build
      .selectFrom('sweeps')
      .select('id')
      .where('state', '=', 'running')
      .where('deleted_at', 'is', null)
    return this.connection.all(query.orderBy('id')).map(({ id }) => id)
  }

  change(sweep: number, change: SweepChange): void {
    const { spec, facts, problem, checkedFrom, endedAt, ...plain } = change
    this.connection.run(
      this.connection.build
        .updateTable('sweeps')
        .set(({ eb }) => ({
          ...plain,
          ...(spec && { spec: JSON.stringify(spec), name: spec.name }),
          ...(facts && { facts: JSON.stringify(facts) }),
          ...(problem !== undefined && { problem: problem && JSON.stringify(problem) }),
          ...(checkedFrom !== undefined && { checked_from: checkedFrom }),
          ...(endedAt !== undefined && { ended_at: endedAt }),
          revision: eb('revision', '+', 1),
        }))
        .where('id', '=', sweep),
    )
  }

  /** Hides a sweep, or brings it back. Its runs stay. */
  setDeleted(sweep: number, deletedAt: number | null): void {
    const { build } = this.connection
    this.connection.run(build.updateTable('sweeps').set({ deleted_at: deletedAt }).where('id', '=', sweep))
  }

  addTrial(sweep: number, trial: NewTrial): void {
    this.connection.run(
      this.connection.build.insertInto('sweep_trials').values({
        ...{ sweep_id: sweep, number: trial.number, draw: trial.draw, bracket: trial.bracket },
        configuration: JSON.stringify(trial.configuration),
        target: trial.target,
        impossible: trial.impossible === undefined ? null : JSON.stringify(trial.impossible),
        parameters: trial.parameters,
        multiply_adds: trial.multiplyAdds,
        inherited_run: trial.inheritedRun ?? null,
        created_at: Date.now(),
      }),
    )
  }

  addRun(sweep: number, trial: number, replicate: number, run: number): void {
    const values = { run_id: run, sweep_id: sweep, trial, replicate }
    this.connection.run(this.connection.build.insertInto('sweep_runs').values(values))
  }

  changeTrial(sweep: number, trial: number, change: { target?: number; verdict?: MedianStop | null }): void {
    const { target, verdict } = change
    this.connection.run(
      this.connection.build
        .updateTable('sweep_trials')
        .set({
          ...(target !== undefined && { target }),
          ...(verdict !== undefined && { verdict: verdict && JSON.stringify(verdict) }),
        })
        .where('sweep_id', '=', sweep)
        .where('number', '=', trial),
    )
  }

  decide(sweep: number, type: SweepDecisionType, trial: number | null, data: JsonObject = {}): void {
    const values = { sweep_id: sweep, trial, at: Date.now(), type, data: JSON.stringify(data) }
    this.connection.run(this.connection.build.insertInto('sweep_decisions').values(values))
  }

  /** Oldest first. */
  decisions(sweep: number): SweepDecision[] {
    const query = this.connection.build.selectFrom('sweep_decisions').selectAll().where('sweep_id', '=', sweep)
    return this.connection
      .all(query.orderBy('id'))
      .map(({ id, trial, at, type, data }) => ({ id, trial, at, type, data: JSON.parse(data) as JsonObject }))
  }

  /** The sweeps that runs belong to, each once. */
  ofRuns(runs: readonly number[]): number[] {
    const query = this.connection.build.selectFrom('sweep_runs').select('sweep_id').distinct()
    return this.connection.all(query.where('run_id', 'in', oneOf(runs))).map((row) => row.sweep_id)
  }

  /** How many trials train at the same time in the sweep of a run, also a deleted one; 1 for a run of its own. */
  parallelOf(run: number): number {
    const query = this.connection.build
      .selectFrom('sweep_runs')
      .innerJoin('sweeps', 'sweeps.id', 'sweep_runs.sweep_id')
      .select('sweeps.spec')
      .where('sweep_runs.run_id', '=', run)
    const row = this.connection.first(query)
    return row === undefined ? 1 : (JSON.parse(row.spec) as SweepSpec).parallel
  }

  /** In order of their numbers. */
  trials(sweep: number): SweepTrial[] {
    const rows = this.connection.all(
      this.connection.build.selectFrom('sweep_trials').selectAll().where('sweep_id', '=', sweep).orderBy('number'),
    )
    const runs = this.runsOf(sweep)
    const curves = this.curvesOf(sweep)
    return rows.map((row): SweepTrial => {
      const [lead, ...others] = runs.get(row.number) ?? []
      const curve = (lead && curves.get(lead.id)) ?? emptyCurve()
      const impossible = parsed<ErrorRecord>(row.impossible)
      const verdict = parsed<MedianStop>(row.verdict)
      return {
        ...{ number: row.number, draw: row.draw, bracket: row.bracket, target: row.target },
        configuration: JSON.parse(row.configuration) as JsonObject,
        state: lead ? stateOf(lead, curve.accuracy.length, row.target, verdict !== null) : 'impossible',
        run: lead?.id ?? null,
        curve,
        replicates: others.map((run) => {
          const own = curves.get(run.id) ?? emptyCurve()
          return {
            ...{ run: run.id, seed: run.seed, status: run.status, epochs: own.accuracy.length },
            seconds: own.seconds.reduce((sum, seconds) => sum + seconds, 0),
            accuracy: own.accuracy.length === 0 ? null : Math.max(...own.accuracy),
            loss: own.loss.length === 0 ? null : Math.min(...own.loss),
          }
        }),
        ...{ parameters: row.parameters, multiplyAdds: row.multiply_adds, verdict },
        error: impossible ?? (lead ? parsed<ErrorRecord>(lead.error) : null),
        inheritedRun: row.inherited_run,
        createdAt: row.created_at,
        startedAt: lead?.started_at ?? null,
        endedAt: lead?.ended_at ?? null,
      }
    })
  }

  /** When its runs trained, from the log of events, in order of their beginnings. */
  spans(sweep: number): TrainingSpan[] {
    const query = this.connection.build
      .selectFrom('sweep_runs')
      .innerJoin('events', 'events.run_id', 'sweep_runs.run_id')
      .select(['sweep_runs.trial', 'sweep_runs.run_id', 'events.type', 'events.at'])
      .where('sweep_runs.sweep_id', '=', sweep)
      .where('events.type', 'in', [claimed, ...left])
      .orderBy('events.id')
    const spans: { trial: number; run: number; from: number; to: number | null }[] = []
    const open = new Map<number, (typeof spans)[number]>()
    for (const { trial, run_id: run, type, at } of this.connection.all(query)) {
      if (type === claimed) {
        const span = { trial, run, from: at, to: null }
        open.set(run, span)
        spans.push(span)
      } else {
        const span = open.get(run)
        if (span) span.to = at
        open.delete(run)
      }
    }
    return spans
  }

  private query() {
    return this.connection.build.selectFrom('sweeps').selectAll().where('deleted_at', 'is', null)
  }

  /** By trial, in order of the replicates. */
  private runsOf(sweep: number) {
    const query = this.connection.build
      .selectFrom('sweep_runs')
      .innerJoin('runs', 'runs.id', 'sweep_runs.run_id')
      .select(['sweep_runs.trial', 'runs.id', 'runs.seed', 'runs.status', 'runs.error', 'runs.started_at'])
      .select(['runs.ended_at', 'runs.deleted_at'])
      .where('sweep_runs.sweep_id', '=', sweep)
      .orderBy('sweep_runs.trial')
      .orderBy('sweep_runs.replicate')
    const byTrial = new Map<number, TrialRunRow[]>()
    for (const { trial, ...run } of this.connection.all(query)) {
      const known = byTrial.get(trial)
      if (known) known.push(run)
      else byTrial.set(trial, [run])
    }
    return byTrial
  }

  private curvesOf(sweep: number) {
    const query = this.connection.build
      .selectFrom('sweep_runs')
      .innerJoin('epochs', 'epochs.run_id', 'sweep_runs.run_id')
      .select(['epochs.run_id', 'epochs.train_loss', 'epochs.train_accuracy', 'epochs.seconds'])
      .select(['epochs.validation_loss', 'epochs.validation_accuracy'])
      .where('sweep_runs.sweep_id', '=', sweep)
      .orderBy('epochs.run_id')
      .orderBy('epochs.epoch')
    const curves = new Map<number, SweepTrial['curve']>()
    for (const row of this.connection.all(query)) {
      const curve = curves.get(row.run_id) ?? emptyCurve()
      curve.accuracy.push(row.validation_accuracy ?? row.train_accuracy)
      curve.loss.push(row.validation_loss ?? row.train_loss)
      curve.seconds.push(row.seconds)
      curves.set(row.run_id, curve)
    }
    return curves
  }
}

interface TrialRunRow {
  readonly id: number
  readonly seed: number
  readonly status: SweepTrial['replicates'][number]['status']
  readonly error: string | null
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly deleted_at: number | null
}

function stateOf(run: TrialRunRow, epochs: number, target: number, isStopped: boolean): TrialState {
  switch (run.status) {
    case 'queued':
      return 'waiting'
    case 'running':
      return isStopped ? 'stopped' : 'running'
    case 'paused':
      return epochs >= target ? 'rung' : 'held'
    case 'finished':
      return 'complete'
    default:
      return run.status
  }
}

function emptyCurve(): SweepTrial['curve'] {
  return { accuracy: [], loss: [], seconds: [] }
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T)
}

function storedSweepOf(row: {
  readonly id: number
  readonly name: string
  readonly state: SweepState
  readonly spec: string
  readonly facts: string
  readonly problem: string | null
  readonly revision: number
  readonly checked_from: number
  readonly created_at: number
  readonly ended_at: number | null
}): StoredSweep {
  return {
    ...{ id: row.id, name: row.name, state: row.state, revision: row.revision, checkedFrom: row.checked_from },
    spec: JSON.parse(row.spec) as SweepSpec,
    facts: JSON.parse(row.facts) as SweepFacts,
    problem: parsed<ErrorRecord>(row.problem),
    createdAt: row.created_at,
    endedAt: row.ended_at,
  }
}
