/** What can be wrong with a database file, in words that say what to do. */
import { StudioError } from '../../experiments/errors/studio-error.ts'

export function databaseNewer(file: string, found: number, known: number): StudioError {
  return new StudioError(
    'database-newer',
    `${file}: written by a newer version of the studio (schema ${found}, this one knows up to ${known}); ` +
      'nothing was changed. Start the newer version, or use another home folder',
    { file, found, known },
  )
}

export function databaseDamaged(file: string, reason: string, cause?: unknown): StudioError {
  return new StudioError(
    'database-damaged',
    `${file}: the database is damaged (${reason}). Checkpoints and datasets are separate files and not affected. ` +
      `Copy the home folder, try "sqlite3 ${file} .recover", or move ${file} and its -wal and -shm away to start with an empty one`,
    { file, reason },
    cause,
  )
}

export function databaseOfAnotherProgram(file: string, applicationId: number): StudioError {
  return new StudioError(
    'database-damaged',
    `${file}: this database belongs to another program (application id ${applicationId}); nothing was changed. ` +
      'Move it away or use another home folder',
    { file, applicationId },
  )
}

export function databaseBusy(file: string, cause: unknown): StudioError {
  return new StudioError(
    'database-busy',
    `${file}: another program holds the database locked; close it there and try again`,
    { file },
    cause,
  )
}

export function isBusy(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'database-busy'
}

export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'SqliteError') return undefined
  const code = (error as Error & { code?: unknown }).code
  return typeof code === 'string' ? code : undefined
}

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error)
  return code !== undefined && (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
}
