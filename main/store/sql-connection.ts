/**
 * One connection to the database. Kysely only writes the SQL, with types; better-sqlite3 runs it at once. So a change of state is one
 * turn of the event loop: nothing else of the service can run between the statements of a transaction.
 */
import Database from 'better-sqlite3'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type Compilable } from 'kysely'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { databaseBusy, databaseDamaged, isDamage, sqliteCode } from './store-errors.ts'
import type { StudioTables } from './tables.ts'

/**
 * `full` returns from a commit when the bytes are on the device; `normal` when the operating system has them, which survives the death of
 * every process but not a power cut.
 */
export type Durability = 'full' | 'normal'

const synchronousValue: Record<Durability, number> = { normal: 1, full: 2 }
const leastSqlite = [3, 51, 3] as const
/**
 * How long a statement waits for another program's lock; the whole service waits with it. Metrics and what trainers report are tried again
 * later anyway.
 */
const busyTimeoutMs: Record<Durability, number> = { full: 1000, normal: 200 }

export interface RunResult {
  readonly changes: number
  readonly lastId: number
}

export class SqlConnection {
  readonly file: string
  readonly sqliteVersion: string
  /** Builds queries; `all`, `first` and `run` execute them. */
  readonly build: Kysely<StudioTables> = sqlBuilder()
  private readonly database: Database.Database
  private readonly statements = new Map<string, Database.Statement>()

  /** Creates the file when it is absent. Throws `database-damaged`, or `internal` when SQLite does not take a setting. */
  constructor(file: string, durability: Durability) {
    this.file = file
    this.database = this.guard(() => new Database(file, { timeout: busyTimeoutMs[durability] }))
    try {
      this.sqliteVersion = this.guard(() => this.configure(durability))
    } catch (error) {
      this.database.close()
      throw error
    }
  }

  all<Row>(query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile()
    return this.guard(() => this.prepare(sql).all(...parameters) as Row[])
  }

  first<Row>(query: Compilable<Row>): Row | undefined {
    const { sql, parameters } = query.compile()
    return this.guard(() => this.prepare(sql).get(...parameters) as Row | undefined)
  }

  /** Rows one by one; no other statement may run on this connection before the last one was read. */
  *iterate<Row>(query: Compilable<Row>): Generator<Row> {
    const { sql, parameters } = query.compile()
    try {
      yield* this.prepare(sql).iterate(...parameters) as IterableIterator<Row>
    } catch (error) {
      throw this.translated(error)
    }
  }

  run(query: Compilable<unknown>): RunResult {
    const { sql, parameters } = query.compile()
    const { changes, lastInsertRowid } = this.guard(() => this.prepare(sql).run(...parameters))
    return { changes, lastId: Number(lastInsertRowid) }
  }

  /** A statement for the hot path, prepared once. */
  statement<Parameters extends unknown[]>(sql: string): (...parameters: Parameters) => RunResult {
    const prepared = this.guard(() => this.prepare(sql))
    return (...parameters) => {
      const { changes, lastInsertRowid } = this.guard(() => prepared.run(...parameters))
      return { changes, lastId: Number(lastInsertRowid) }
    }
  }

  /** All of `body` or nothing. Takes the write lock first, so that it never fails half way for want of it. */
  transaction<T>(body: () => T): T {
    return this.guard(() => this.database.transaction(body).immediate())
  }

  /** As `transaction`, but nobody else can even read meanwhile. */
  exclusively<T>(body: () => T): T {
    return this.guard(() => this.database.transaction(body).exclusive())
  }

  /** Several statements that return nothing. */
  script(sql: string): void {
    this.guard(() => this.database.exec(sql))
  }

  pragma(text: string): unknown {
    return this.guard(() => this.database.pragma(text, { simple: true }))
  }

  close(): void {
    this.statements.clear()
    this.database.close()
  }

  private configure(durability: Durability): string {
    const version = String(this.database.prepare('SELECT sqlite_version()').pluck().get())
    assertSqliteVersion(version)
    this.demand('journal_mode', 'WAL', 'wal')
    this.demand('synchronous', durability.toUpperCase(), synchronousValue[durability])
    this.demand('foreign_keys', 'ON', 1)
    this.demand('trusted_schema', 'OFF', 0)
    return version
  }

  /** better-sqlite3 opens with its own defaults, so every setting is made and then read back. */
  private demand(pragma: string, value: string, expected: string | number): void {
    this.database.pragma(`${pragma} = ${value}`)
    const found = this.database.pragma(pragma, { simple: true })
    if (found !== expected) {
      throw new StudioError('internal', `${this.file}: expected ${pragma} ${expected}, SQLite has ${String(found)}`, {
        file: this.file,
      })
    }
  }

  private prepare(sql: string): Database.Statement {
    let statement = this.statements.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      this.statements.set(sql, statement)
    }
    return statement
  }

  private guard<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw this.translated(error)
    }
  }

  private translated(error: unknown): unknown {
    if (error instanceof StudioError) return error
    if (isDamage(error)) return databaseDamaged(this.file, (error as Error).message, error)
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY')) return databaseBusy(this.file, error)
    if (sqliteCode(error) === 'SQLITE_FULL') {
      return new StudioError(
        'disk-full',
        `${this.file}: no space left; free some and try again`,
        { file: this.file },
        error,
      )
    }
    return error
  }
}

/** Writes the SQL of queries on these tables, without a connection of its own. */
function sqlBuilder(): Kysely<StudioTables> {
  return new Kysely<StudioTables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new SqliteIntrospector(database),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

/** Older ones can lose committed rows when two connections reset the write-ahead log at once. */
function assertSqliteVersion(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, least] of leastSqlite.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least) {
      throw new StudioError('internal', `SQLite ${version} is too old: expected at least ${leastSqlite.join('.')}`, {})
    }
  }
}
