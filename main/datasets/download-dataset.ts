/**
 * Brings a dataset into `<home>/datasets/<name>`, from the internet or from files that a person has. Files are collected in
 * `<home>/cache/downloads/<name>` and moved only when every one has the published SHA-256. What a broken or cancelled download has received
 * stays there, and the next one goes on from it.
 */
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { DatasetProgress, DatasetRecord } from '../../experiments/data/dataset-record.ts'
import type { WayToData } from '../../experiments/data/way-to-data.ts'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { readFault, throwIfCancelled, writeFault } from '../files/file-faults.ts'
import { downloadFailed, fileDamaged, notDownloadable } from './dataset-errors.ts'
import type { DatasetDownload, DatasetSource, DownloadableFile } from './dataset-source.ts'
import { downloadFile } from '../download/download-file.ts'
import { ReceivedFile, type Checksum, type ReceivedFileRequest } from '../download/received-file.ts'
import { datasetFolder } from './idx-source.ts'
import { describeDataset } from './list-datasets.ts'
import { openSource } from './open-dataset.ts'
import { atMostEvery, type PrepareOptions } from './prepare-dataset.ts'
import { downloadFolder, forgetReceived } from './received-files.ts'
import { findDataset } from './registry.ts'
import { unpackFiles } from './unpack-files.ts'

export interface DownloadOptions extends PrepareOptions {
  /** Default 30 seconds. */
  readonly idleTimeoutMs?: number
  /** Address that has `<name>/<file>`, in place of the published ones. Default: STRATA_DATASET_MIRROR. */
  readonly mirror?: string | undefined
}

type Report = (stage: DatasetProgress['stage'], done: number, total: number | null, error?: unknown) => void

/**
 * Fetches, verifies and prepares dataset `name`; only prepares it when it is here and whole. Progress ends in `done` or `failed`.
 * Throws `unknown-dataset`, `download-failed`, `disk-full`, `file-write-failed`, `cancelled`.
 */
export async function downloadDataset(name: string, options: DownloadOptions): Promise<DatasetRecord> {
  return downloadSource(findDataset(name, options.home), options)
}

/** The same for a source that need not be in the registry. */
export function downloadSource(source: DatasetSource, options: DownloadOptions): Promise<DatasetRecord> {
  return bringing(source, options, (download, report) => fetchFiles(source.name, download, options, report))
}

/**
 * The same from `path`, for a computer without internet: one of the published files, or a folder that has them. They are copied.
 * Throws `file-not-found`, `file-unreadable`, and `file-damaged` for a file that is not the published one.
 */
export function takeDatasetFiles(
  source: DatasetSource,
  path: string,
  options: DownloadOptions,
): Promise<DatasetRecord> {
  return bringing(source, options, (download, report) => copyFiles(source.name, download, path, options, report))
}

async function bringing(
  source: DatasetSource,
  options: DownloadOptions,
  collect: (download: DatasetDownload, report: Report) => Promise<void>,
): Promise<DatasetRecord> {
  const { name, download } = source
  const report: Report = (stage, done, total, error) =>
    options.onProgress?.({ name, stage, done, total, error: error === undefined ? null : toErrorRecord(error) })
  try {
    if (!(await isUsable(source, options))) {
      if (!download) throw notDownloadable(name)
      const collected = downloadFolder(options.home, name)
      await writingTo(collected, () => mkdir(collected, { recursive: true }))
      await collect(download, report)
      await putInPlace(name, download, options, report)
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
  name: string,
  download: DatasetDownload,
  options: DownloadOptions,
  report: Report,
): Promise<void> {
  const mirror = options.mirror ?? (options.env ?? process.env).STRATA_DATASET_MIRROR
  const bases = mirror ? [`${mirror.replace(/\/+$/, '')}/${name}/`] : download.mirrors
  await collectFiles(download, report, async (file, onBytes) => {
    const { failed } = await downloadFile({
      ...{ bytes: file.bytes, checksum: checksumOf(file), signal: options.signal, onBytes },
      urls: bases.map((base) => base + file.name),
      target: join(downloadFolder(options.home, name), file.name),
      idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    })
    if (failed) throw downloadFailed(name, file.name, failed, waysWithoutInternet(name, download))
  })
}

async function copyFiles(
  name: string,
  download: DatasetDownload,
  path: string,
  options: DownloadOptions,
  report: Report,
): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw readFault(path, cause)
  })
  const folder = found.isDirectory() ? path : dirname(path)
  await collectFiles(download, report, async (file, onBytes) => {
    // The only file of a dataset may have another name: its content is checked.
    const isGiven = !found.isDirectory() && (download.files.length === 1 || basename(path) === file.name)
    const from = isGiven ? path : join(folder, file.name)
    const { size } = await stat(from).catch((cause: unknown) => {
      throw readFault(from, cause)
    })
    const todo = `Fetch ${download.mirrors[0] ?? ''}${file.name} again.`
    if (size !== file.bytes) throw fileDamaged(from, `${file.bytes} bytes`, `${size}`, todo)
    const target = join(downloadFolder(options.home, name), file.name)
    await rm(target, { force: true })
    const problem = await copyFile(from, {
      ...{ target, onBytes, bytes: file.bytes, checksum: checksumOf(file) },
      signal: options.signal,
    })
    if (problem !== null) throw fileDamaged(from, `the published ${file.name}`, problem, todo)
  })
}

/** Null, or why it is not the file that was wanted. */
async function copyFile(from: string, request: ReceivedFileRequest): Promise<string | null> {
  const received = await ReceivedFile.open(request)
  try {
    for await (const piece of createReadStream(from)) {
      throwIfCancelled(request.signal, `reading ${from}`)
      await received.add(piece as Buffer)
    }
    return (await received.finish()).problem
  } catch (cause) {
    throw readFault(from, cause)
  } finally {
    await received.close()
  }
}

function checksumOf({ sha256 }: DownloadableFile): Checksum {
  return { algorithm: 'sha256', digest: sha256 }
}

/** One after the other, with the bytes of all of them as progress. */
async function collectFiles(
  download: DatasetDownload,
  report: Report,
  collect: (file: DownloadableFile, onBytes: (done: number) => void) => Promise<void>,
): Promise<void> {
  const total = download.files.reduce((sum, file) => sum + file.bytes, 0)
  const progress = atMostEvery(100, (done, all) => report('downloading', done, all))
  let before = 0
  for (const file of download.files) {
    await collect(file, (done) => progress(before + done, total))
    before += file.bytes
  }
  report('verifying', total, total)
}

async function putInPlace(
  name: string,
  download: DatasetDownload,
  options: DownloadOptions,
  report: Report,
): Promise<void> {
  const folder = datasetFolder(options.home, name)
  const collected = downloadFolder(options.home, name)
  await writingTo(folder, () => mkdir(folder, { recursive: true }))
  for (const file of download.files) {
    const from = join(collected, file.name)
    if (file.unpack)
      await unpackFiles(from, file.unpack, folder, {
        ...options,
        onProgress: (done, total) => report('unpacking', done, total),
      })
    else await writingTo(folder, () => rename(from, join(folder, file.name)))
  }
  // Failing to clean up takes nothing from the dataset.
  await forgetReceived(options.home, name).catch(() => undefined)
}

/** For whom no address can be reached from here. */
function waysWithoutInternet(name: string, download: DatasetDownload): readonly WayToData[] {
  const files = download.files.map((file) => file.name)
  return [
    { way: 'retry' },
    { way: 'another-computer', name, files, from: download.mirrors[0] ?? '' },
    { way: 'mirror', name, file: files[0] ?? '' },
  ]
}

async function writingTo<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw writeFault(path, cause)
  }
}
