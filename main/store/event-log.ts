/** The append-only log of what happened to runs and queue; later undone, replayed or read by a person. */
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import type { Selectable } from 'kysely'
import type { SqlConnection } from './sql-connection.ts'
import type { EventsTable } from './tables.ts'

export interface StoredEvent {
  readonly id: number
  readonly at: number
  readonly run: number | null
  readonly type: string
  readonly data: JsonObject
}

export class EventLog {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  /** Returns the event's id. */
  append(run: number | null, type: string, data: JsonObject = {}): number {
    const { lastId } = this.connection.run(
      this.connection.build
        .insertInto('events')
        .values({ at: Date.now(), run_id: run, type, data: JSON.stringify(data) }),
    )
    return lastId
  }

  /** Events of one run, oldest first. */
  ofRun(run: number): StoredEvent[] {
    const query = this.connection.build.selectFrom('events').selectAll().where('run_id', '=', run).orderBy('id')
    return this.connection.all(query).map(storedEventOf)
  }

  /** Events of these types, oldest first; with `last`, only so many of the newest ones. */
  ofTypes(types: readonly string[], last?: number): StoredEvent[] {
    const query = this.connection.build
      .selectFrom('events')
      .selectAll()
      .where('type', 'in', types)
      .orderBy('id', 'desc')
      .limit(last ?? -1)
    return this.connection.all(query).map(storedEventOf).toReversed()
  }
}

function storedEventOf(row: Selectable<EventsTable>): StoredEvent {
  return { id: row.id, at: row.at, run: row.run_id, type: row.type, data: JSON.parse(row.data) as JsonObject }
}
