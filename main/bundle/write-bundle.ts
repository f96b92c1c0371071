/** Writes runs with all that continues them elsewhere into one sealed file; see bundle-manifest.ts. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { makeReport, type ReportOptions } from '../report/write-report.ts'
import type { StudioParts } from '../procedures/studio-parts.ts'
import { runDetail } from '../review/run-detail.ts'
import { isPinned, pinnedFile } from '../weights/pinned-weights.ts'
import { systemFiles } from '../files/file-operations.ts'
import { bundleFormat, bundleLimits, bundleVersion, type BundledRun, type BundleManifest } from './bundle-manifest.ts'
import { tarEnd, tarHeader, tarPadding } from './tar-header.ts'

const blockBytes = 4 * 2 ** 20

export interface WrittenBundle {
  readonly file: string
  readonly bytes: number
  readonly runs: number
  readonly checkpoints: number
}

/** A file of the bundle: its content, or where it lies. */
interface Source {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly content: Uint8Array | { readonly file: string }
}

/** @throws StudioError `run-not-found`, `file-damaged` for a checkpoint that is not whole, `disk-full` or `file-write-failed` */
export async function writeBundle(
  { runs, file, ...reported }: { readonly runs: readonly number[]; readonly file: string } & ReportOptions,
  parts: StudioParts,
): Promise<WrittenBundle> {
  const report = await makeReport(runs, reported, parts)
  const sources = [inMemory('report.html', report), ...runs.flatMap((run) => sourcesOf(run, parts))]
  const unique = [...new Map(sources.map((source) => [source.path, source])).values()]
  const now = Date.now()
  const manifest: BundleManifest = {
    ...{ format: bundleFormat, version: bundleVersion, studio: parts.options.studioVersion, createdAt: now },
    runs: runs.map((run) => describeRun(run, parts)),
    files: unique.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
  }
  const table = inMemory('bundle.json', `${JSON.stringify(manifest, null, 1)}\n`)
  const all = [table, inMemory('seal.txt', `${table.sha256}\n`), ...unique]
  const tooLarge = all.find(({ bytes }) => bytes > bundleLimits.weightBytes)
  if (tooLarge)
    throw new StudioError('too-large', `${tooLarge.path} has ${tooLarge.bytes} bytes: a bundle holds files below 8 GiB`)
  const bytes = await writeTar(file, all, now)
  const checkpoints = manifest.runs.reduce((sum, run) => sum + run.checkpoints.length, 0)
  return { file, bytes, runs: runs.length, checkpoints }
}

function describeRun(run: number, { store, queue }: StudioParts): BundledRun {
  const detail = runDetail(store, queue, run)
  const parent = store.reviews.parentOf(run)
  const { starred, colour, tags, note } = detail.review
  const { id, name, status, network, engine, parameters, createdAt, startedAt, endedAt } = detail
  const { epoch, step, imagesPerSecond } = detail.progress
  const { environment, epochs, best, test, weightsSha256, error, endedEarly } = detail
  return {
    ...{ id, name, status, network, engine, parameters, createdAt, startedAt, endedAt },
    ...{ environment, epochs, best, test, weightsSha256, error, endedEarly },
    spec: store.runs.experiment(run).spec,
    document: store.runs.experiment(run).document,
    steps: detail.progress.steps,
    progress: { epoch, step, imagesPerSecond },
    review: { starred, colour, tags, note },
    parent: parent ?? null,
    checkpoints: store.checkpoints.list(run).map((one) => ({
      ...{ epoch: one.epoch, step: one.step, file: one.file, bytes: one.bytes, sha256: one.sha256 },
      ...{ best: one.best, createdAt: one.createdAt },
    })),
  }
}

function sourcesOf(run: number, { store, queue, home }: StudioParts): readonly Source[] {
  const { spec, document } = store.runs.experiment(run)
  const weights = spec.start?.sha256
  return [
    inMemory(`runs/${run}/network.json`, JSON.stringify(document, null, 2)),
    inMemory(`runs/${run}/metrics.json`, JSON.stringify(store.metrics.series(run))),
    inMemory(`runs/${run}/layers.json`, JSON.stringify(store.layerStatistics.list(run, 500))),
    ...store.checkpoints.list(run).map(({ file, bytes, sha256 }) => {
      const content = { file: path.join(queue.checkpointFolder(run), file) }
      return { path: `runs/${run}/checkpoints/${file}`, bytes, sha256, content }
    }),
    ...(weights !== undefined && isPinned(systemFiles, home, weights)
      ? [onDisk(`weights/${weights}.safetensors`, pinnedFile(home, weights), weights)]
      : []),
  ]
}

function inMemory(name: string, text: string): Source {
  const content = new TextEncoder().encode(text)
  return { path: name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), content }
}

function onDisk(name: string, file: string, sha256: string): Source {
  return { path: name, bytes: fs.statSync(file).size, sha256, content: { file } }
}

/** To a temporary name first: what stands under the name is whole. */
async function writeTar(file: string, sources: readonly Source[], now: number): Promise<number> {
  const temporary = `${file}.${process.pid}.partial`
  try {
    await fs.promises.mkdir(path.dirname(file), { recursive: true })
    const handle = await fs.promises.open(temporary, 'w')
    let written = 0
    const write = async (bytes: Uint8Array): Promise<void> => {
      await handle.writeFile(bytes)
      written += bytes.length
    }
    try {
      for (const source of sources) {
        await write(tarHeader({ name: source.path, bytes: source.bytes }, now))
        await copy(source, write)
        await write(new Uint8Array(tarPadding(source.bytes)))
      }
      await write(tarEnd)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await fs.promises.rename(temporary, file)
    return written
  } catch (error) {
    await fs.promises.rm(temporary, { force: true }).catch(() => undefined)
    if (error instanceof StudioError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'file-write-failed'
    throw new StudioError(kind, `${file}: ${message}`, { file }, error)
  }
}

/** A checkpoint that is no longer what its record says never leaves the studio. */
async function copy(source: Source, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  if (source.content instanceof Uint8Array) return write(source.content)
  const { file } = source.content
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of fs.createReadStream(file, { highWaterMark: blockBytes })) {
      hash.update(chunk as Uint8Array)
      bytes += (chunk as Uint8Array).length
      if (bytes > source.bytes) break
      await write(chunk as Uint8Array)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new StudioError('file-not-found', `${file} is gone: the run has moved on; try again`, { file }, error)
  }
  const found = hash.digest('hex')
  if (bytes === source.bytes && found === source.sha256) return
  throw new StudioError('file-damaged', `${file}: its checksum is ${found}, expected ${source.sha256}`, { file })
}
