/**
 * Downloads a dataset into `<home>/datasets/<name>`. Files are fetched into a temporary folder beside it and moved only when every
 * one has the published SHA-256: a failed or cancelled download leaves nothing behind.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DatasetProgress, DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { downloadFailed, notDownloadable, writeFault } from './dataset-errors.ts'
import type { DatasetDownload, DatasetSource } from './dataset-source.ts'
import { downloadFile } from './download-file.ts'
import { datasetFolder } from './idx-source.ts'
import { describeDataset } from './list-datasets.ts'
import { openSource } from './open-dataset.ts'
import { atMostEvery, removeAbandoned, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

export interface DownloadOptions extends PrepareOptions {
  /** Default 30 seconds. */
  readonly idleTimeoutMs?: number
}

const todo =
  'Check the connection and try again; behind a mirror or without internet set STRATA_DATASET_MIRROR to an address that has <name>/<file>, ' +
  'or put the files there by hand.'

/**
 * Fetches, verifies and prepares dataset `name`; only prepares it when it is here and whole. Progress ends in `done` or `failed`.
 * STRATA_DATASET_MIRROR replaces the published addresses: files are then taken from `<mirror>/<name>/<file>`.
 * Throws `unknown-dataset`, `download-failed`, `disk-full`, `file-write-failed`, `cancelled`.
 */
export async function downloadDataset(name: string, options: DownloadOptions): Promise<DatasetRecord> {
  return downloadSource(findDataset(name, options.home), options)
}

/** The same for a source that need not be in the registry. */
export async function downloadSource(source: DatasetSource, options: DownloadOptions): Promise<DatasetRecord> {
  const { name } = source
  const report = (stage: DatasetProgress['stage'], done: number, total: number | null, error: unknown = null) =>
    options.onProgress?.({ name, stage, done, total, error: error === null ? null : toErrorRecord(error) })
  try {
    if (!(await isUsable(source, options))) {
      await fetchFiles(source, options, report)
      await openSource(source, options)
    }
    report('done', 1, 1)
    return await describeDataset(source, options)
  } catch (error) {
    report('failed', 0, null, error)
    throw error
  }
}

/** Whether it opens as it is. Only what a download can cure counts as no. */
async function isUsable(source: DatasetSource, options: DownloadOptions): Promise<boolean> {
  try {
    await openSource(source, options)
    return true
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    const curable = ['dataset-missing', 'file-damaged', 'file-not-found', 'file-unreadable']
    if (curable.includes(error.code)) return false
    throw error
  }
}

async function fetchFiles(
  source: DatasetSource,
  options: DownloadOptions,
  report: (stage: DatasetProgress['stage'], done: number, total: number) => void,
): Promise<void> {
  const { name, download } = source
  if (!download) throw notDownloadable(name)
  const folder = datasetFolder(options.home, name)
  const temporary = join(dirname(folder), `.${name}.${process.pid}.${randomUUID()}.partial`)
  const total = download.files.reduce((sum, file) => sum + file.bytes, 0)
  const progress = atMostEvery(100, (done, all) => report('downloading', done, all))
  let before = 0
  await removeAbandoned(dirname(folder))
  try {
    await writingTo(temporary, () => mkdir(temporary, { recursive: true }))
    for (const file of download.files) {
      const failed = await downloadFile({
        ...{ bytes: file.bytes, sha256: file.sha256, signal: options.signal },
        urls: baseAddresses(name, download, options.env ?? process.env).map((base) => base + file.name),
        target: join(temporary, file.name),
        idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
        onBytes: (done) => progress(before + done, total),
      })
      if (failed) throw downloadFailed(name, file.name, failed, todo)
      before += file.bytes
    }
    report('verifying', total, total)
    await writingTo(folder, () => mkdir(folder, { recursive: true }))
    for (const file of download.files) {
      const target = join(folder, file.name)
      await writingTo(target, () => rename(join(temporary, file.name), target))
    }
  } finally {
    // Failing to clean up must not hide why the download failed; the next download tries again.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
  }
}

function baseAddresses(
  name: string,
  download: DatasetDownload,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const mirror = env.STRATA_DATASET_MIRROR
  return mirror ? [`${mirror.replace(/\/+$/, '')}/${name}/`] : download.mirrors
}

async function writingTo<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw writeFault(path, cause)
  }
}
