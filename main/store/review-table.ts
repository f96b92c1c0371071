/** Stars, colours, tags and notes of runs, what branches begin from, and saved views. */
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import type { ReviewChange, RunParent } from '../../experiments/runs/run-review.ts'
import type { EventLog } from './event-log.ts'
import type { SqlConnection } from './sql-connection.ts'

export interface StoredParent extends RunParent {
  /** Whether what the learning-rate schedule remembers is taken along. */
  readonly keepsSchedule: boolean
}

export interface SavedView {
  readonly id: number
  readonly name: string
  readonly view: JsonObject
}

export class ReviewTable {
  private readonly connection: SqlConnection
  private readonly events: EventLog

  constructor(connection: SqlConnection, events: EventLog) {
    this.connection = connection
    this.events = events
  }

  setParent(run: number, parent: StoredParent): void {
    this.put(run, {
      ...{ parent_run: parent.run, parent_epoch: parent.epoch, parent_step: parent.step },
      keeps_schedule: parent.keepsSchedule ? 1 : 0,
    })
    this.events.append(run, 'run.branched', { parent: parent.run, epoch: parent.epoch })
  }

  /** Whether another run begins from the checkpoint of this step. */
  beginsFrom(run: number, step: number): boolean {
    const query = this.connection.build
      .selectFrom('run_reviews')
      .select('run_id')
      .where('parent_run', '=', run)
      .where('parent_step', '=', step)
    return this.connection.first(query) !== undefined
  }

  parentOf(run: number): StoredParent | undefined {
    const row = this.connection.first(
      this.connection.build
        .selectFrom('run_reviews')
        .select(['parent_run', 'parent_epoch', 'parent_step', 'keeps_schedule'])
        .where('run_id', '=', run),
    )
    if (row === undefined || row.parent_run === null || row.parent_epoch === null || row.parent_step === null) {
      return undefined
    }
    const { parent_run, parent_epoch, parent_step, keeps_schedule } = row
    return { run: parent_run, epoch: parent_epoch, step: parent_step, keepsSchedule: keeps_schedule === 1 }
  }

  /** All runs or none. */
  change(runs: readonly number[], change: ReviewChange): void {
    const { addTags = [], removeTags = [], starred, colour, note, archived } = change
    const columns = {
      ...(starred !== undefined && { starred: starred ? 1 : 0 }),
      ...(colour !== undefined && { colour }),
      ...(note !== undefined && { note }),
      ...(archived !== undefined && { archived_at: archived ? Date.now() : null }),
    }
    const { build } = this.connection
    this.connection.transaction(() => {
      for (const run of runs) {
        if (Object.keys(columns).length > 0) this.put(run, columns)
        for (const tag of new Set(addTags)) {
          this.connection.run(
            build
              .insertInto('run_tags')
              .values({ run_id: run, tag })
              .onConflict((conflict) => conflict.doNothing()),
          )
        }
        if (removeTags.length > 0) {
          this.connection.run(build.deleteFrom('run_tags').where('run_id', '=', run).where('tag', 'in', removeTags))
        }
        this.events.append(run, 'run.reviewed', JSON.parse(JSON.stringify(change)) as JsonObject)
      }
    })
  }

  views(): SavedView[] {
    const query = this.connection.build.selectFrom('saved_views').select(['id', 'name', 'view']).orderBy('name')
    return this.connection.all(query).map(({ id, name, view }) => ({ id, name, view: JSON.parse(view) as JsonObject }))
  }

  /** A view of the same name is replaced. */
  saveView(name: string, view: JsonObject): void {
    const row = { view: JSON.stringify(view), created_at: Date.now() }
    this.connection.run(
      this.connection.build
        .insertInto('saved_views')
        .values({ name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row)),
    )
  }

  deleteView(name: string): void {
    this.connection.run(this.connection.build.deleteFrom('saved_views').where('name', '=', name))
  }

  private put(run: number, columns: Readonly<Record<string, string | number | null>>): void {
    this.connection.run(
      this.connection.build
        .insertInto('run_reviews')
        .values({ run_id: run, ...columns })
        .onConflict((conflict) => conflict.column('run_id').doUpdateSet(columns)),
    )
  }
}
