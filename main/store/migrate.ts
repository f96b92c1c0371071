/**
 * Brings a database to the newest schema: each missing migration in its own exclusive transaction, its number in `user_version` and its
 * name in the table `migrations`, all in the same commit.
 */
import { allMigrations } from './migrations/all-migrations.ts'
import type { Migration } from './migrations/migration.ts'
import type { SqlConnection } from './sql-connection.ts'
import { databaseNewer } from './store-errors.ts'

/** "Stra" in the database header says whose file this is. */
export const applicationId = 0x53747261

export const newestSchema = allMigrations.length

export function migrate(connection: SqlConnection, migrations: readonly Migration[] = allMigrations): void {
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) throw new Error(`migration "${migration.name}" must have version ${index + 1}`)
  }
  const known = migrations.length
  while (schemaVersion(connection) !== known) {
    // Foreign keys cannot be switched inside of a transaction.
    const rebuilds = migrations[schemaVersion(connection)]?.rebuildsTables === true
    if (rebuilds) connection.pragma('foreign_keys = OFF')
    try {
      connection.exclusively(() => applyNext(connection, migrations))
    } finally {
      if (rebuilds) connection.pragma('foreign_keys = ON')
    }
  }
}

export function schemaVersion(connection: SqlConnection): number {
  return Number(connection.pragma('user_version'))
}

/** The version is read again under the lock: another process may have migrated in between. */
function applyNext(connection: SqlConnection, migrations: readonly Migration[]): void {
  const current = schemaVersion(connection)
  if (current > migrations.length) throw databaseNewer(connection.file, current, migrations.length)
  const next = migrations[current]
  if (next === undefined) return
  if (current === 0) {
    connection.pragma(`application_id = ${applicationId}`)
    connection.script(
      'CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
    )
  }
  connection.script(next.sql)
  const broken = next.rebuildsTables === true ? connection.pragma('foreign_key_check') : undefined
  if (broken !== undefined)
    throw new Error(`migration "${next.name}" left a reference to a missing row in ${JSON.stringify(broken)}`)
  connection.run(
    connection.build
      .insertInto('migrations')
      .values({ version: next.version, name: next.name, applied_at: Date.now() }),
  )
  connection.pragma(`user_version = ${next.version}`)
}
