/** The append-only log of what happened to runs and queue; later undone, replayed or read by a person. */
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import { sql, type Selectable } from 'kysely'
import { givenRows, ofRow } from './row-sets.ts'
import type { RunResult, SqlConnection } from './sql-connection.ts'
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
  private readonly insert: (at: number, run: number | null, type: string, data: string) => RunResult

  constructor(connection: SqlConnection) {
    this.connection = connection
    this.insert = connection.statement('INSERT INTO events (at, run_id, type, data) VALUES (?, ?, ?, ?)')
  }

  /** Returns the event's id. */
  append(run: number | null, type: string, data: JsonObject = {}): number {
    const { lastId } = this.insert(Date.now(), run, type, JSON.stringify(data))
    return lastId
  }

  /** Several at once, in this order. */
  appendAll(
    events: readonly { readonly run: number | null; readonly type: string; readonly data: JsonObject }[],
  ): void {
    if (events.length === 0) return
    const given = givenRows(events.map(({ run, type, data }) => [run, type, JSON.stringify(data)]))
    this.connection.run(
      this.connection.build
        .insertInto('events')
        .columns(['at', 'run_id', 'type', 'data'])
        .expression((of) =>
          of
            .selectFrom(given)
            .select([
              sql<number>`${Date.now()}`.as('at'),
              ofRow<number | null>(0).as('run_id'),
              ofRow<string>(1).as('type'),
              ofRow<string>(2).as('data'),
            ])
            .orderBy('given.key'),
        ),
    )
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
