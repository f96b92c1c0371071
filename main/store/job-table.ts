/**
 * The queue on disk: which run is next, which ones train, what the user wants of each. Only `../queue` changes it, so that every change has
 * its event in the log.
 */
import { sql } from 'kysely'
import type { JobIntent, JobState } from '../../experiments/queue/job-record.ts'
import { givenRows, ofRow, oneOf } from './row-sets.ts'
import type { SqlConnection } from './sql-connection.ts'
import type { JobRow } from './tables.ts'

/** Distance between neighbours when an order is written anew: room for moves that change one row. */
export const positionSpacing = 2 ** 20

export interface Job {
  readonly run: number
  readonly state: JobState
  readonly intent: JobIntent
  readonly priority: number
  readonly position: number
  readonly device: string
  readonly slots: number
  readonly pauseAfterEpoch: number | null
  readonly stopAfterEpoch: number | null
  readonly microBatch: number | null
  readonly memoryBytes: number | null
  readonly macs: number | null
  readonly networkHash: string | null
  readonly reason: string | null
  readonly interruptions: number
  readonly queuedAt: number
  readonly claimedAt: number | null
}

export type JobChange = Partial<Omit<Job, 'run' | 'queuedAt'>>

export interface NewJob {
  readonly position?: number
  readonly intent?: JobIntent
  readonly priority?: number
  readonly device?: string
  readonly slots?: number
  readonly pauseAfterEpoch?: number | null
  readonly memoryBytes?: number | null
  readonly macs?: number | null
  readonly networkHash?: string | null
}

const columnOf = {
  state: 'state',
  intent: 'intent',
  priority: 'priority',
  position: 'position',
  device: 'device',
  slots: 'slots',
  pauseAfterEpoch: 'pause_after_epoch',
  stopAfterEpoch: 'stop_after_epoch',
  microBatch: 'micro_batch',
  memoryBytes: 'memory_bytes',
  macs: 'macs',
  networkHash: 'network_hash',
  reason: 'reason',
  interruptions: 'interruptions',
  claimedAt: 'claimed_at',
} as const satisfies Record<keyof JobChange, keyof JobRow>

/** Written out, so that the index of open jobs serves it: see the migration. */
const isOpen = sql<boolean>`state != 'done'`

export class JobTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  /** Puts a run at the end of those of its priority, or at a position. */
  enqueue(run: number, job: NewJob = {}): void {
    this.enqueueAll([run], [job])
  }

  /** As `enqueue`, in one statement; those without a position follow each other. */
  enqueueAll(runs: readonly number[], jobs: readonly NewJob[]): void {
    const ends = new Map<number, number>()
    const behindAll = (priority: number): number => {
      const end = ends.get(priority) ?? this.lastPosition(priority)
      ends.set(priority, end + positionSpacing)
      return end
    }
    const rows = runs.map((run, index) => {
      const { intent = 'go', priority = 0, position, device = 'cpu', slots = 1, ...job } = jobs[index] ?? {}
      const { pauseAfterEpoch = null, memoryBytes = null, macs = null, networkHash = null } = job
      const state = intent === 'pause' ? 'paused' : 'waiting'
      const place = [run, state, intent, priority, position ?? behindAll(priority), device, slots]
      return [...place, pauseAfterEpoch, memoryBytes, macs, networkHash]
    })
    this.connection.run(
      this.connection.build
        .insertInto('jobs')
        .columns([
          ...(['run_id', 'state', 'intent', 'priority', 'position', 'device', 'slots'] as const),
          ...(['pause_after_epoch', 'memory_bytes', 'macs', 'network_hash', 'queued_at'] as const),
        ])
        .expression((of) =>
          of
            .selectFrom(givenRows(rows))
            .select([ofRow<number>(0).as('run_id'), ofRow<JobState>(1).as('state'), ofRow<JobIntent>(2).as('intent')])
            .select([ofRow<number>(3).as('priority'), ofRow<number>(4).as('position'), ofRow<string>(5).as('device')])
            .select([ofRow<number>(6).as('slots'), ofRow<number | null>(7).as('pause_after_epoch')])
            .select([ofRow<number | null>(8).as('memory_bytes'), ofRow<number | null>(9).as('macs')])
            .select([ofRow<string | null>(10).as('network_hash'), sql<number>`${Date.now()}`.as('queued_at')]),
        ),
    )
  }

  get(run: number): Job | undefined {
    const row = this.connection.first(this.connection.build.selectFrom('jobs').selectAll().where('run_id', '=', run))
    return row && jobOf(row)
  }

  /** Those that there are, in the order of `runs`; one question, however many. */
  getAll(runs: readonly number[]): Job[] {
    const query = this.connection.build.selectFrom('jobs').selectAll().where('run_id', 'in', oneOf(runs))
    const byRun = new Map(this.connection.all(query).map((row) => [row.run_id, row]))
    return runs.flatMap((run) => {
      const row = byRun.get(run)
      return row ? [jobOf(row)] : []
    })
  }

  /** First in line first. */
  inState(...states: JobState[]): Job[] {
    return this.connection.all(this.ordered(states)).map(jobOf)
  }

  /** Waiting jobs that may start, first in line first. */
  ready(): Job[] {
    return this.connection.all(this.ordered(['waiting']).where('intent', '=', 'go')).map(jobOf)
  }

  /** Jobs without a process that do not do what is wanted of them: it was written down, and not yet followed. */
  astray(): number[] {
    const query = this.connection.build
      .selectFrom('jobs')
      .select('run_id')
      .where((where) =>
        where.or([
          where('state', '=', 'waiting').and('intent', '!=', 'go'),
          where('state', '=', 'paused').and('intent', '!=', 'pause'),
          where('state', '=', 'done').and('intent', 'in', ['go', 'pause']),
        ]),
      )
      .orderBy('run_id')
    return this.connection.all(query).map((row) => row.run_id)
  }

  running(): number[] {
    return this.inState('running').map(({ run }) => run)
  }

  count(state: JobState): number {
    const query = this.connection.build
      .selectFrom('jobs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('state', '=', state)
    return this.connection.first(query)?.count ?? 0
  }

  /** Steps that open jobs still have to train. */
  stepsLeft(): Map<number, number> {
    const query = this.connection.build
      .selectFrom('jobs')
      .innerJoin('runs', 'runs.id', 'jobs.run_id')
      .select(['jobs.run_id', sql<number>`max(0, runs.steps - runs.step)`.as('left')])
      .where('jobs.state', '!=', 'done')
    return new Map(this.connection.all(query).map(({ run_id, left }) => [run_id, left]))
  }

  /** Devices that jobs name which may start. */
  devicesWaitedFor(): string[] {
    const query = this.connection.build
      .selectFrom('jobs')
      .select('device')
      .distinct()
      // As the index has them: see the migration.
      .where(sql<boolean>`state = 'waiting' AND intent = 'go'`)
    return this.connection.all(query).map(({ device }) => device)
  }

  change(run: number, change: JobChange): void {
    this.changeAll([run], change)
  }

  /** The same change of all of them. */
  changeAll(runs: readonly number[], change: JobChange): void {
    const values = Object.fromEntries(
      Object.entries(change).map(([key, value]) => [columnOf[key as keyof JobChange], value]),
    )
    this.connection.run(this.connection.build.updateTable('jobs').set(values).where('run_id', 'in', oneOf(runs)))
  }

  /** Each its own change: one statement for all that change the same columns. */
  changeEach(changes: readonly { readonly run: number; readonly after: JobChange }[]): void {
    const columnsOf = ({ after }: { readonly after: JobChange }): string => Object.keys(after).join(' ')
    for (const columns of new Set(changes.map(columnsOf))) {
      if (columns === '') continue
      const keys = columns.split(' ') as (keyof JobChange)[]
      const same = changes.filter((change) => columnsOf(change) === columns)
      const isSame = same.every(({ after }) => keys.every((key) => after[key] === same[0]?.after[key]))
      if (same[0] !== undefined && isSame) {
        // Most actions want the same of all, which is said once.
        const runs = same.map(({ run }) => run)
        this.changeAll(runs, same[0].after)
        continue
      }
      const rows = same.map(({ run, after }) => [run, ...keys.map((key) => after[key] ?? null)])
      const values = keys.map((key, index) => [columnOf[key], ofRow(index + 1)] as const)
      this.connection.run(
        this.connection.build
          .updateTable('jobs')
          .from(givenRows(rows))
          .set(Object.fromEntries(values))
          .where('run_id', '=', ofRow<number>(0)),
      )
    }
  }

  claim(run: number): void {
    this.change(run, { state: 'running', claimedAt: Date.now(), reason: null })
  }

  /** Their runs have ended: nothing more is wanted of them until somebody asks again. */
  finish(runs: readonly number[]): void {
    this.connection.run(
      this.connection.build
        .updateTable('jobs')
        .set({
          state: 'done',
          intent: sql<JobIntent>`CASE intent WHEN 'withdraw' THEN intent ELSE 'end' END`,
          reason: null,
        })
        .where('run_id', 'in', oneOf(runs)),
    )
  }

  /** Back to the head of those of its priority. */
  putBack(run: number, reason: string | null): void {
    this.change(run, {
      state: 'waiting',
      position: this.firstPosition(this.get(run)?.priority ?? 0),
      claimedAt: null,
      reason,
    })
  }

  pause(runs: readonly number[], reason: string | null): void {
    this.changeAll(runs, { state: 'paused', intent: 'pause', claimedAt: null, reason })
  }

  /** Counts a death of the service during this run and returns how many there were. */
  countInterruption(run: number): number {
    const interruptions = (this.get(run)?.interruptions ?? 0) + 1
    this.change(run, { interruptions })
    return interruptions
  }

  /** Of all open jobs; undefined without one. */
  lowestPriority(): number | undefined {
    const query = this.connection.build.selectFrom('jobs').select('priority').where(isOpen)
    return this.connection.first(query.orderBy('priority').limit(1))?.priority
  }

  /** A position before all others of a priority. */
  firstPosition(priority: number): number {
    return (this.edge(priority, 'asc') ?? positionSpacing) - positionSpacing
  }

  /** A position behind all others of a priority. */
  lastPosition(priority: number): number {
    return (this.edge(priority, 'desc') ?? -positionSpacing) + positionSpacing
  }

  /** `count` ascending positions right before `next` in its priority, or behind all; undefined where there is no room between the neighbours. */
  positionsBefore(next: Job | undefined, priority: number, count: number): number[] | undefined {
    if (next === undefined) {
      const last = this.lastPosition(priority)
      return Array.from({ length: count }, (_, index) => last + index * positionSpacing)
    }
    const before = this.edge(priority, 'desc', next.position) ?? next.position - positionSpacing * (count + 1)
    const step = Math.floor((next.position - before) / (count + 1))
    if (step < 1) return undefined
    return Array.from({ length: count }, (_, index) => before + step * (index + 1))
  }

  private ordered(states: readonly JobState[]) {
    return this.connection.build
      .selectFrom('jobs')
      .selectAll()
      .where('state', 'in', states)
      .orderBy('priority', 'desc')
      .orderBy('position')
      .orderBy('run_id')
  }

  /** What was measured of runs of this network on this device: seconds a step takes, validation included. */
  measuredSecondsPerStep(networkHash: string, device: string): number | undefined {
    const row = this.connection.first(
      this.measured().where('jobs.network_hash', '=', networkHash).where('jobs.device', '=', device),
    )
    return row && row.steps > 0 ? row.seconds / row.steps : undefined
  }

  /** Multiply-adds a second of all that was ever trained on this device. */
  measuredRate(device: string): number | undefined {
    const row = this.connection.first(
      this.measured().where('jobs.macs', 'is not', null).where('jobs.device', '=', device),
    )
    return row && row.seconds > 0 ? row.macs / row.seconds : undefined
  }

  private measured() {
    // Steps of an epoch: those of the run over its epochs.
    return this.connection.build
      .selectFrom('epochs')
      .innerJoin('runs', 'runs.id', 'epochs.run_id')
      .innerJoin('jobs', 'jobs.run_id', 'epochs.run_id')
      .select([
        sql<number>`coalesce(sum(epochs.seconds), 0)`.as('seconds'),
        sql<number>`coalesce(sum(1.0 * runs.steps / runs.epochs), 0)`.as('steps'),
        sql<number>`coalesce(sum(jobs.macs * runs.steps / runs.epochs), 0)`.as('macs'),
      ])
  }

  private edge(priority: number, direction: 'asc' | 'desc', below?: number): number | undefined {
    let query = this.connection.build
      .selectFrom('jobs')
      .select('position')
      .where('priority', '=', priority)
      .where(isOpen)
    if (below !== undefined) query = query.where('position', '<', below)
    return this.connection.first(query.orderBy('position', direction).limit(1))?.position
  }
}

function jobOf(row: JobRow): Job {
  return {
    run: row.run_id,
    state: row.state,
    intent: row.intent,
    priority: row.priority,
    position: row.position,
    device: row.device,
    slots: row.slots,
    pauseAfterEpoch: row.pause_after_epoch,
    stopAfterEpoch: row.stop_after_epoch,
    microBatch: row.micro_batch,
    memoryBytes: row.memory_bytes,
    macs: row.macs,
    networkHash: row.network_hash,
    reason: row.reason,
    interruptions: row.interruptions,
    queuedAt: row.queued_at,
    claimedAt: row.claimed_at,
  }
}
