/**
 * Makes sure that a dataset's pixel file exists and fits its source: `<home>/cache/datasets/<name>-<fingerprint>.pixels`. Made
 * once, in a few seconds; several processes may do so at once, since the file appears whole or not at all.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessAlive } from '../processes/process-alive.ts'
import type { DatasetProgress } from '../../experiments/data/dataset-record.ts'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { throwIfCancelled } from '../files/file-faults.ts'
import type { DatasetPlace, DatasetSource } from './dataset-source.ts'
import { PixelFileWriter } from './pixel-file-writer.ts'
import type { PixelIndex } from './pixel-file.ts'
import { cacheFolder, readNote, writeNote } from './prepared-note.ts'

export interface PrepareOptions extends DatasetPlace {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: DatasetProgress) => void) | undefined
}

/**
 * Prepares `source` unless that was done for the same files, then calls `use` with the pixel file's path. When `use` finds the
 * file absent or damaged, it is made again, once. Calls for the same dataset in one process wait for each other.
 */
export async function withPreparedFile<T>(
  source: DatasetSource,
  options: PrepareOptions,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (source.pixelFile !== undefined) {
    throwIfCancelled(options.signal, `opening ${source.name}`)
    return use(source.pixelFile)
  }
  return oneAtATime(join(options.home, source.name), async () => {
    throwIfCancelled(options.signal, `opening ${source.name}`)
    const located = await source.locate(options)
    const known = await readNote(options.home, source.name, located.identity)
    if (known && 'fingerprint' in known) {
      try {
        return await use(pixelFilePath(options.home, source.name, known.fingerprint))
      } catch (error) {
        if (!isCacheFault(error)) throw error
      }
    }
    const fingerprint = await prepare(source, options)
    return use(pixelFilePath(options.home, source.name, fingerprint))
  })
}

function isCacheFault(error: unknown): boolean {
  return error instanceof StudioError && ['file-not-found', 'file-damaged', 'file-unreadable'].includes(error.code)
}

async function prepare(source: DatasetSource, options: PrepareOptions): Promise<string> {
  const { home, signal, onProgress } = options
  const located = await source.locate(options)
  const { height, width, channels, classes } = source
  const shape = { height, width, channels, classCount: classes.length }
  await removeAbandoned(cacheFolder(home))
  const writer = await PixelFileWriter.create(cacheFolder(home), source.name, shape)
  try {
    const report = (done: number, total: number) =>
      onProgress?.({ name: source.name, stage: 'preparing', done, total, error: null })
    await source.write(located, writer, { signal, onProgress: onProgress && atMostEvery(100, report) })
    const place = (index: PixelIndex) => pixelFilePath(home, source.name, index.fingerprint)
    const { fingerprint, train, test } = await writer.finish(place)
    const outcome = { fingerprint, trainCount: train.count, testCount: test.count }
    await writeNote(home, source.name, { identity: located.identity, outcome })
    return fingerprint
  } catch (error) {
    if (error instanceof StudioError && error.code === 'file-damaged') {
      const problem = toErrorRecord(error)
      await writeNote(home, source.name, { identity: located.identity, outcome: { problem } })
    }
    throw error
  } finally {
    await writer.discard()
  }
}

/** Where the pixel file of one content lies. */
export function pixelFilePath(home: string, name: string, fingerprint: string): string {
  return join(cacheFolder(home), `${name}-${fingerprint.slice(0, 16)}.pixels`)
}

/** Removes `.<name>.<pid>.<random>.partial` entries of processes that are gone: killed before they could clean up. */
export async function removeAbandoned(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => [])
  for (const entry of entries) {
    const pid = /\.(\d+)\.[0-9a-f-]{36}\.partial$/.exec(entry)?.[1]
    if (pid === undefined || isProcessAlive(Number(pid))) continue
    await rm(join(folder, entry), { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Passes calls on, at most one in `periodMs`, and the one that completes. */
export function atMostEvery(
  periodMs: number,
  report: (done: number, total: number) => void,
): (done: number, total: number) => void {
  let last = 0
  return (done, total) => {
    const now = performance.now()
    if (done < total && now - last < periodMs) return
    last = now
    report(done, total)
  }
}

const running = new Map<string, Promise<unknown>>()

async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = running.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  running.set(key, mine)
  try {
    return await mine
  } finally {
    if (running.get(key) === mine) running.delete(key)
  }
}
