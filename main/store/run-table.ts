/** Runs, their experiments and their finished epochs. Deleting only marks a run; `restore` brings it back whole. */
import { sql, type CompiledQuery } from 'kysely'
import { StudioError, type ErrorRecord, type JsonObject } from '../../experiments/errors/studio-error.ts'
import type {
  EndedEarly,
  EpochResult,
  LossAndAccuracy,
  RunEnvironment,
  RunStatus,
  RunSummary,
} from '../../experiments/runs/run-record.ts'
import type { EpochMeasures } from '../../experiments/review/run-fields.ts'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { configurationHash } from './configuration-hash.ts'
import type { EventLog } from './event-log.ts'
import type { ExperimentTable, NewExperiment } from './experiment-table.ts'
import { givenRows, ofRow, oneOf } from './row-sets.ts'
import { runSummaryOf, type RunSummaryRow } from './run-summary.ts'
import type { SqlConnection } from './sql-connection.ts'
import type { EpochRow } from './tables.ts'

export interface NewRun extends NewExperiment {
  readonly engine: string
  /** Id of the engine's device that it trains on. Default: the processor. */
  readonly device?: string
  readonly parameters: number | null
  /** Training steps of the whole run. */
  readonly steps: number
  /** What it will take, as far as it can be known before; the queue plans with it. */
  readonly cost?: RunCost
}

export interface RunCost {
  /** Multiply-adds of one training step, there and back. */
  readonly macs: number
  /** Memory of the training process. */
  readonly memoryBytes: number
  /** Equal for runs whose steps take the same time on the same device. */
  readonly networkHash: string
}

/** What a run trains, as it was stored. */
export interface StoredExperiment {
  readonly spec: ExperimentSpec
  readonly document: Record<string, unknown>
  readonly hash: string
}

/** A run with what its fields are made of, and nothing that takes long to read. */
export interface ReviewedRun {
  readonly run: RunSummary
  readonly spec: ExperimentSpec
  readonly configuration: string
  /** The best of each over all epochs. */
  readonly extremes: EpochMeasures | null
  /** The epoch with the best accuracy. */
  readonly atBest: EpochMeasures | null
}

/** Of a run, what decides whether something can be done with it. */
export interface RunState {
  readonly status: RunStatus
  readonly startedAt: number | null
  readonly deletedAt: number | null
}

/** Columns of a run that change together with its state. */
export interface RunChange {
  readonly status?: RunStatus
  /** That trains it from now on. */
  readonly engine?: string
  readonly startedAt?: number
  readonly endedAt?: number | null
  readonly environment?: RunEnvironment
  readonly test?: LossAndAccuracy
  readonly weightsSha256?: string
  readonly error?: ErrorRecord | null
  readonly endedEarly?: EndedEarly | null
}

/** Of a run that was not queued here: its history begins with what comes next. */
export interface TrainedElsewhere {
  readonly createdAt: number
}

export class RunTable {
  private readonly connection: SqlConnection
  private readonly events: EventLog
  private readonly experiments: ExperimentTable
  private oneById: CompiledQuery<RunSummaryRow> | undefined

  constructor(connection: SqlConnection, events: EventLog, experiments: ExperimentTable) {
    this.connection = connection
    this.events = events
    this.experiments = experiments
  }

  /** Adds a queued run and returns its id. */
  add(run: NewRun, trainedElsewhere?: TrainedElsewhere): number {
    return this.connection.transaction(
      () => this.addAll([run], this.experiments.keep([run]), trainedElsewhere)[0] as number,
    )
  }

  /**
   * Adds queued runs, all or none, and returns their ids; one statement, however many.
   * @param experiments the ids of what they train, in the same order
   */
  addAll(runs: readonly NewRun[], experiments: readonly number[], trainedElsewhere?: TrainedElsewhere): number[] {
    if (runs.length === 0) return []
    const rows = runs.map(({ spec: { name, data, seed, train }, engine, parameters, steps }, index) => {
      const experiment = experiments[index]
      if (experiment === undefined) throw new Error(`run "${name}" was added without its experiment`)
      return [experiment, name, data.dataset, seed, engine, parameters, train.epochs, steps]
    })
    const insert = this.connection.build
      .insertInto('runs')
      .columns([
        ...(['experiment_id', 'name', 'dataset', 'seed', 'engine', 'parameters', 'epochs', 'steps'] as const),
        ...(['status', 'created_at'] as const),
      ])
      .expression((of) =>
        of
          .selectFrom(givenRows(rows))
          .select([ofRow<number>(0).as('experiment_id'), ofRow<string>(1).as('name'), ofRow<string>(2).as('dataset')])
          .select([
            ofRow<number>(3).as('seed'),
            ofRow<string>(4).as('engine'),
            ofRow<number | null>(5).as('parameters'),
          ])
          .select([ofRow<number>(6).as('epochs'), ofRow<number>(7).as('steps')])
          .select([
            sql.lit('queued').as('status'),
            sql<number>`${trainedElsewhere?.createdAt ?? Date.now()}`.as('created_at'),
          ])
          .orderBy('given.key'),
      )
    return this.connection.transaction(() => {
      // The ids of one statement follow each other: nobody else writes meanwhile.
      const first = this.connection.run(insert).lastId - runs.length + 1
      const ids = runs.map((_, index) => first + index)
      if (!trainedElsewhere) this.events.appendAll(ids.map((run) => ({ run, type: 'run.queued', data: {} })))
      return ids
    })
  }

  /** Newest first, without deleted ones. */
  list(): RunSummary[] {
    return this.connection.all(this.summaryQuery().where('runs.deleted_at', 'is', null)).map(runSummaryOf)
  }

  /** As `list`, at most `limit` of them with ids below `before`, each with the id of its experiment. */
  page(before: number | undefined, limit: number): (RunSummary & { readonly experiment: number })[] {
    const query = this.summaryQuery()
      .where('runs.deleted_at', 'is', null)
      .where('runs.id', '<', before ?? Number.MAX_SAFE_INTEGER)
      .limit(limit)
    return this.connection.all(query).map((row) => ({ ...runSummaryOf(row), experiment: row.experiment_id }))
  }

  /** As `page`, with what the table of runs shows of settings and epochs: a few queries, however many runs. */
  reviewPage(before: number | undefined, limit: number): ReviewedRun[] {
    this.fillConfigurations()
    const runs = this.page(before, limit)
    const [newest, oldest] = [runs[0]?.id ?? 0, runs.at(-1)?.id ?? 0]
    const { build } = this.connection
    const experiments = this.connection.all(
      build
        .selectFrom('experiments')
        .select(['id', 'spec', 'configuration'])
        .where('id', 'in', (of) =>
          of.selectFrom('runs').select('experiment_id').where('id', '>=', oldest).where('id', '<=', newest),
        ),
    )
    const extremes = this.connection.all(
      build
        .selectFrom('epochs')
        .select(({ fn }) => [
          'run_id',
          fn.min('train_loss').as('train_loss'),
          fn.max('train_accuracy').as('train_accuracy'),
          fn.min('validation_loss').as('validation_loss'),
          fn.max('validation_accuracy').as('validation_accuracy'),
        ])
        .where('run_id', '>=', oldest)
        .where('run_id', '<=', newest)
        .groupBy('run_id'),
    )
    const best = this.connection.all(
      build
        .selectFrom('runs')
        .innerJoin('epochs', (join) =>
          join.onRef('epochs.run_id', '=', 'runs.id').onRef('epochs.epoch', '=', 'runs.best_epoch'),
        )
        .selectAll('epochs')
        .where('runs.id', '>=', oldest)
        .where('runs.id', '<=', newest),
    )
    const experimentOf = new Map(experiments.map((one) => [one.id, { ...one, spec: parsedSpec(one.spec) }]))
    const extremesOf = new Map(extremes.map((row) => [row.run_id, measuresOf(row)]))
    const bestOf = new Map(best.map((row) => [row.run_id, measuresOf(row)]))
    return runs.flatMap(({ experiment, ...run }) => {
      const known = experimentOf.get(experiment)
      if (!known) return []
      const { spec, configuration } = known
      return [
        {
          ...{ run, spec, configuration: configuration ?? '' },
          ...{ extremes: extremesOf.get(run.id) ?? null, atBest: bestOf.get(run.id) ?? null },
        },
      ]
    })
  }

  /** Runs of the configuration of `run`, itself among them; newest first, without deleted ones. */
  ofSameConfiguration(run: number): RunSummary[] {
    this.fillConfigurations()
    const { build } = this.connection
    const own = build
      .selectFrom('runs as own')
      .innerJoin('experiments as known', 'known.id', 'own.experiment_id')
      .select('known.configuration')
      .where('own.id', '=', run)
    const query = this.summaryQuery().where('runs.deleted_at', 'is', null).where('experiments.configuration', '=', own)
    return this.connection.all(query).map(runSummaryOf)
  }

  count(): number {
    const { build } = this.connection
    const query = build
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('deleted_at', 'is', null)
    return this.connection.first(query)?.count ?? 0
  }

  /** Throws `run-not-found`, also for a deleted run unless `deleted` allows it. */
  get(run: number, deleted: 'refuse' | 'allow' = 'refuse'): RunSummary {
    // Asked for with every change of a run: what is the same each time is compiled once.
    const query = (this.oneById ??= this.summaryQuery().where('runs.id', '=', run).compile())
    const row = this.connection.first<RunSummaryRow>({ compile: () => ({ ...query, parameters: [run] }) })
    if (row === undefined) throw runNotFound(run)
    if (row.deleted_at !== null && deleted === 'refuse') throw runDeleted(run)
    return runSummaryOf(row)
  }

  /** Those that there are, deleted ones too, in the order of `runs`; one question, however many. */
  getAll(runs: readonly number[]): RunSummary[] {
    const rows = this.connection.all(this.summaryQuery().where('runs.id', 'in', oneOf(runs)))
    const byId = new Map(rows.map((row) => [row.id, row]))
    return runs.flatMap((run) => {
      const row = byId.get(run)
      return row ? [runSummaryOf(row)] : []
    })
  }

  /**
   * How far each of these runs is; one question, however many.
   * @throws StudioError `run-not-found` as `get`, for the first of them
   */
  states(runs: readonly number[], deleted: 'refuse' | 'allow' = 'refuse'): Map<number, RunState> {
    const query = this.connection.build
      .selectFrom('runs')
      .select(['id', 'status', 'started_at', 'deleted_at'])
      .where('id', 'in', oneOf(runs))
    const states = new Map(
      this.connection.all(query).map(({ id, status, started_at: startedAt, deleted_at: deletedAt }) => {
        return [id, { status, startedAt, deletedAt }]
      }),
    )
    const absent = runs.find((run) => !states.has(run))
    if (absent !== undefined) throw runNotFound(absent)
    const gone = deleted === 'refuse' ? runs.find((run) => states.get(run)?.deletedAt !== null) : undefined
    if (gone !== undefined) throw runDeleted(gone)
    return states
  }

  experiment(run: number): StoredExperiment {
    const query = this.connection.build
      .selectFrom('runs')
      .innerJoin('experiments', 'experiments.id', 'runs.experiment_id')
      .select(['experiments.spec', 'experiments.document', 'experiments.hash'])
      .where('runs.id', '=', run)
    const row = this.connection.first(query)
    if (row === undefined) throw runNotFound(run)
    return {
      spec: JSON.parse(row.spec) as ExperimentSpec,
      document: JSON.parse(row.document) as Record<string, unknown>,
      hash: row.hash,
    }
  }

  /** The specification to queue again: a network that was read from a file is put in its place. */
  experimentAsWritten(run: number): ExperimentSpec {
    const { spec, document } = this.experiment(run)
    return 'file' in spec.network ? { ...spec, network: { document } } : spec
  }

  environment(run: number): RunEnvironment | null {
    const row = this.connection.first(
      this.connection.build.selectFrom('runs').select('environment').where('id', '=', run),
    )
    return row?.environment == null ? null : (JSON.parse(row.environment) as RunEnvironment)
  }

  epochs(run: number): EpochResult[] {
    const query = this.connection.build.selectFrom('epochs').selectAll().where('run_id', '=', run).orderBy('epoch')
    return this.connection.all(query).map(epochResultOf)
  }

  /** Records a change of state and its event; call inside a transaction with what belongs to it. */
  change(run: number, change: RunChange, event: string, data: JsonObject = {}): void {
    this.changeAll([run], change, event, data)
  }

  /** As `change`, the same for all of them. */
  changeAll(runs: readonly number[], change: RunChange, event: string, data: JsonObject = {}): void {
    const { build } = this.connection
    const values = {
      ...(change.status === undefined ? {} : { status: change.status }),
      ...(change.engine === undefined ? {} : { engine: change.engine }),
      ...(change.startedAt === undefined ? {} : { started_at: change.startedAt }),
      ...(change.endedAt === undefined ? {} : { ended_at: change.endedAt }),
      ...(change.environment === undefined ? {} : { environment: JSON.stringify(change.environment) }),
      ...(change.test === undefined ? {} : { test_loss: change.test.loss, test_accuracy: change.test.accuracy }),
      ...(change.weightsSha256 === undefined ? {} : { weights_sha256: change.weightsSha256 }),
      ...(change.endedEarly === undefined ? {} : { ended_early: change.endedEarly }),
      ...(change.error === undefined ? {} : { error: change.error === null ? null : JSON.stringify(change.error) }),
    }
    const { changes } = this.connection.run(build.updateTable('runs').set(values).where('id', 'in', oneOf(runs)))
    if (changes < runs.length) this.states(runs, 'allow')
    this.events.appendAll(runs.map((run) => ({ run, type: event, data })))
  }

  /** Where a run stands; kept with every epoch and at its end, not with every step. */
  setProgress(run: number, at: { epoch: number; step: number; imagesPerSecond: number | null }): void {
    this.connection.run(
      this.connection.build
        .updateTable('runs')
        .set({ epoch: at.epoch, step: at.step, images_per_second: at.imagesPerSecond })
        .where('id', '=', run),
    )
  }

  addEpoch(run: number, result: EpochResult, best: { epoch: number; accuracy: number } | null): void {
    const row = {
      step: result.step,
      train_loss: result.train.loss,
      train_accuracy: result.train.accuracy,
      validation_loss: result.validation?.loss ?? null,
      validation_accuracy: result.validation?.accuracy ?? null,
      seconds: result.seconds,
      images_per_second: result.imagesPerSecond,
    }
    const { build } = this.connection
    this.connection.transaction(() => {
      this.connection.run(
        build
          .insertInto('epochs')
          .values({ run_id: run, epoch: result.epoch, ...row })
          .onConflict((conflict) => conflict.columns(['run_id', 'epoch']).doUpdateSet(row)),
      )
      this.connection.run(
        build
          .updateTable('runs')
          .set({
            epoch: result.epoch,
            step: result.step,
            images_per_second: result.imagesPerSecond,
            best_epoch: best?.epoch ?? null,
            best_accuracy: best?.accuracy ?? null,
          })
          .where('id', '=', run),
      )
    })
  }

  /** Forgets what a run reported after a step, because it continues from there. `best` is what counted at that step. */
  rewind(run: number, to: { step: number; epoch: number; best: { epoch: number; accuracy: number } | null }): void {
    const { build } = this.connection
    this.connection.run(build.deleteFrom('epochs').where('run_id', '=', run).where('step', '>', to.step))
    this.connection.run(
      build
        .updateTable('runs')
        .set({
          epoch: to.epoch,
          step: to.step,
          best_epoch: to.best?.epoch ?? null,
          best_accuracy: to.best?.accuracy ?? null,
        })
        .where('id', '=', run),
    )
  }

  /** All or none: a run that trains or waits must be stopped first. */
  delete(runs: readonly number[]): void {
    this.connection.transaction(() => {
      for (const [run, { status }] of this.states(runs)) {
        if (status === 'queued' || status === 'running' || status === 'paused') {
          throw new StudioError('run-state', `run ${run} is ${status}; stop it before you delete it`, { run, status })
        }
      }
      this.mark(runs, Date.now(), 'run.deleted')
    })
  }

  restore(runs: readonly number[]): void {
    this.connection.transaction(() => {
      this.states(runs, 'allow')
      this.mark(runs, null, 'run.restored')
    })
  }

  private mark(runs: readonly number[], deletedAt: number | null, event: string): void {
    const { build } = this.connection
    this.connection.run(build.updateTable('runs').set({ deleted_at: deletedAt }).where('id', 'in', oneOf(runs)))
    this.events.appendAll(runs.map((run) => ({ run, type: event, data: {} })))
  }

  /** Of experiments that were stored before there was a column for it. */
  private fillConfigurations(): void {
    const { build } = this.connection
    const missing = build
      .selectFrom('experiments')
      .select(['id', 'spec', 'document'])
      .where('configuration', 'is', null)
      .limit(200)
    for (let rows = this.connection.all(missing); rows.length > 0; rows = this.connection.all(missing)) {
      this.connection.transaction(() => {
        for (const { id, spec, document } of rows) {
          const configuration = configurationHash(parsedSpec(spec), document)
          this.connection.run(build.updateTable('experiments').set({ configuration }).where('id', '=', id))
        }
      })
    }
  }

  /** A run with its network's title and its last epoch. */
  private summaryQuery() {
    return this.connection.build
      .selectFrom('runs')
      .innerJoin('experiments', 'experiments.id', 'runs.experiment_id')
      .leftJoin('epochs', (join) =>
        join.onRef('epochs.run_id', '=', 'runs.id').on('epochs.epoch', '=', (build) =>
          build
            .selectFrom('epochs as last')
            .select(({ fn }) => fn.max('last.epoch').as('epoch'))
            .whereRef('last.run_id', '=', 'runs.id'),
        ),
      )
      .leftJoin('run_reviews', 'run_reviews.run_id', 'runs.id')
      .selectAll('runs')
      .select([
        'experiments.network',
        'epochs.epoch as last_epoch',
        'epochs.step as last_step',
        'epochs.train_loss',
        'epochs.train_accuracy',
        'epochs.validation_loss',
        'epochs.validation_accuracy',
        'epochs.seconds',
        'epochs.images_per_second as last_images_per_second',
        'run_reviews.parent_run',
        'run_reviews.parent_epoch',
        'run_reviews.parent_step',
        'run_reviews.starred',
        'run_reviews.colour',
        'run_reviews.note',
        'run_reviews.archived_at',
        sql<string>`(SELECT json_group_array(tag) FROM run_tags WHERE run_tags.run_id = runs.id)`.as('tags'),
      ])
      .orderBy('runs.id', 'desc')
      .$castTo<RunSummaryRow>()
  }
}

function parsedSpec(spec: string): ExperimentSpec {
  return JSON.parse(spec) as ExperimentSpec
}

function measuresOf(row: Omit<EpochRow, 'run_id' | 'epoch' | 'step' | 'seconds' | 'images_per_second'>): EpochMeasures {
  return {
    ...{ 'train.loss': row.train_loss, 'train.accuracy': row.train_accuracy },
    ...{ 'validation.loss': row.validation_loss, 'validation.accuracy': row.validation_accuracy },
  }
}

function epochResultOf(row: EpochRow): EpochResult {
  return {
    epoch: row.epoch,
    step: row.step,
    train: { loss: row.train_loss, accuracy: row.train_accuracy },
    validation:
      row.validation_loss === null || row.validation_accuracy === null
        ? null
        : { loss: row.validation_loss, accuracy: row.validation_accuracy },
    seconds: row.seconds,
    imagesPerSecond: row.images_per_second,
  }
}

function runNotFound(run: number): StudioError {
  return new StudioError('run-not-found', `no run has the id ${run}; "strata runs list" shows them all`, { run })
}

function runDeleted(run: number): StudioError {
  return new StudioError('run-not-found', `run ${run} was deleted; "strata runs restore ${run}" brings it back`, {
    run,
  })
}
