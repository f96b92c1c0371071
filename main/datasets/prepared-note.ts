/**
 * A small note beside the prepared files: which fingerprint the source had when its files looked like `identity`, or why it could
 * not be read. It makes listing fast; losing it costs one preparation, so a damaged or unwritable note is no error.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { errorRecord } from '../../experiments/runs/run-record.ts'

const preparedNote = z.strictObject({
  version: z.literal(1),
  identity: z.string(),
  outcome: z.union([
    z.strictObject({ fingerprint: z.string(), trainCount: z.int(), testCount: z.int() }),
    z.strictObject({ problem: errorRecord }),
  ]),
})
export type PreparedNote = z.infer<typeof preparedNote>

/** Folder of everything that can be made again from the sources. */
export function cacheFolder(home: string): string {
  return join(home, 'cache', 'datasets')
}

/** The note about `name`, if it speaks of files that look like `identity`. */
export async function readNote(home: string, name: string, identity: string): Promise<PreparedNote['outcome'] | null> {
  try {
    const note = preparedNote.parse(JSON.parse(await readFile(notePath(home, name), 'utf8')))
    return note.identity === identity ? note.outcome : null
  } catch {
    return null
  }
}

export async function writeNote(home: string, name: string, note: Omit<PreparedNote, 'version'>): Promise<void> {
  const path = notePath(home, name)
  const partial = `${path}.${process.pid}.${randomUUID()}.partial`
  try {
    await mkdir(cacheFolder(home), { recursive: true })
    await writeFile(partial, JSON.stringify({ version: 1, ...note } satisfies PreparedNote))
    await rename(partial, path)
  } catch {
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

function notePath(home: string, name: string): string {
  return join(cacheFolder(home), `${name}.json`)
}
