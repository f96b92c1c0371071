/** Another program that has the database of a home folder locked, as a backup or an editor might. */
import path from 'node:path'
import { databaseName } from './open-store.ts'
import { SqlConnection } from './sql-connection.ts'

/** Returns the function that ends the lock. */
export function lockDatabase(home: string): () => void {
  const other = new SqlConnection(path.join(home, databaseName), 'full')
  other.script('BEGIN IMMEDIATE')
  return () => {
    other.script('ROLLBACK')
    other.close()
  }
}
