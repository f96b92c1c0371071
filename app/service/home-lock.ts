/**
 * One service per home folder. The lock is an exclusive SQLite transaction on a file of its own, so the operating system itself releases it
 * when the holder dies, however it dies: there is no stale lock to recognise, on any platform.
 */
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'

export interface HomeLock {
  release(): void
}

/** @throws StudioError `home-locked` when another process holds it */
export function lockHome(home: string): HomeLock {
  const file = join(home, 'service.lock')
  const database = new Database(file, { timeout: 0 })
  try {
    database.pragma('journal_mode = DELETE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (isBusy(cause)) throw new StudioError('home-locked', `another studio service owns ${home}`, { home }, cause)
    throw new StudioError(
      'file-damaged',
      `${file} is not a lock file of ours; remove it and start again`,
      { file },
      cause,
    )
  }
  return {
    release: () => {
      database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}
