/**
 * Takes the runs of a bundle into this studio. Everything is read, checked and laid beside the checkpoints first; then all runs appear at once,
 * under new numbers, or none.
 */
import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { StudioError, type JsonObject } from '../../experiments/errors/studio-error.ts'
import { layerStatistics, type LayerStatistics } from '../../experiments/inspection/inspection-record.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { metricSeries, type MetricSeries } from '../../experiments/runs/metric.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { parseExperimentSpec, type ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { z } from 'zod'
import { readCheckpoint } from '../checkpoints/checkpoint-file.ts'
import { listDatasets } from '../datasets/list-datasets.ts'
import { systemFiles } from '../files/file-operations.ts'
import type { StudioParts } from '../procedures/studio-parts.ts'
import { pinWeights } from '../weights/pinned-weights.ts'
import { BundleReader } from './bundle-reader.ts'
import { bundlePaths, type BundledRun, type BundleManifest } from './bundle-manifest.ts'

export interface BundleWarning {
  /** Number of the run here. */
  readonly run: number
  readonly kind: 'dataset-missing' | 'different-data' | 'parent-missing'
  readonly dataset: string
}

export interface ImportedBundle {
  readonly runs: RunSummary[]
  readonly warnings: BundleWarning[]
}

/** What was read of one run besides its checkpoints. */
interface RunTables {
  metrics: readonly MetricSeries[]
  layers: readonly LayerStatistics[]
}

/** @throws StudioError `file-damaged` with the place, `file-not-found`, `too-large`, `unsupported-version`, `disk-full` */
export async function importBundle(file: string, parts: StudioParts): Promise<ImportedBundle> {
  const staging = path.join(parts.home, 'checkpoints', `import-${randomUUID()}.partial`)
  const reader = await BundleReader.open(file)
  try {
    const manifest = await reader.readManifest()
    for (const run of manifest.runs) checkRun(run, file)
    const tables = await unpack(reader, manifest, staging)
    for (const run of manifest.runs) checkCheckpoints(run, path.join(staging, String(run.id)), file)
    for (const name of systemFiles.list(path.join(staging, 'weights'))) {
      pinWeights(systemFiles, parts.home, path.join(staging, 'weights', name))
    }
    const ids = takeRuns(manifest, tables, staging, parts)
    const runs = manifest.runs.map(({ id }) => parts.queue.get(ids.get(id) as number))
    parts.queue.recorder.announceAll(runs.map(({ id }) => id))
    return { runs, warnings: await findWarnings(manifest, ids, parts) }
  } catch (error) {
    throw asStudioError(error, file)
  } finally {
    await reader.close()
    await fs.promises.rm(staging, { recursive: true, force: true })
  }
}

function checkRun(run: BundledRun, file: string): void {
  try {
    parseExperimentSpec(run.spec)
    parseNetworkDocumentOrThrow(run.document)
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    throw new StudioError(error.code, `${file}: run ${run.id}: ${error.message}`, error.details, error)
  }
}

async function unpack(
  reader: BundleReader,
  manifest: BundleManifest,
  staging: string,
): Promise<ReadonlyMap<number, RunTables>> {
  const tables = new Map(manifest.runs.map(({ id }): [number, RunTables] => [id, { metrics: [], layers: [] }]))
  for (const entry of manifest.files) {
    const { path: name } = entry
    const target = placeOf(name, staging)
    if (target !== undefined) {
      await fs.promises.mkdir(path.dirname(target), { recursive: true })
      const handle = await fs.promises.open(target, 'wx')
      try {
        for await (const block of reader.readFile(entry)) await handle.writeFile(block)
        await handle.sync()
      } finally {
        await handle.close()
      }
      continue
    }
    const blocks: Uint8Array[] = []
    for await (const block of reader.readFile(entry)) blocks.push(block)
    const [, metricsOf] = bundlePaths.metrics.exec(name) ?? []
    const [, layersOf] = bundlePaths.layers.exec(name) ?? []
    const own = tables.get(Number(metricsOf ?? layersOf))
    if (!own) continue
    const json = parseJson(Buffer.concat(blocks).toString('utf8'), name)
    if (metricsOf !== undefined) own.metrics = parseOrThrow(z.array(metricSeries), json, name)
    else own.layers = parseOrThrow(z.array(layerStatistics), json, name)
  }
  await reader.expectEnd()
  return tables
}

/** Made of numbers and hashes alone: nothing of a name in the bundle becomes a path. */
function placeOf(name: string, staging: string): string | undefined {
  const [, run, checkpoint] = bundlePaths.checkpoint.exec(name) ?? []
  if (run !== undefined && checkpoint !== undefined) return path.join(staging, String(Number(run)), checkpoint)
  const [, sha256] = bundlePaths.weights.exec(name) ?? []
  return sha256 === undefined ? undefined : path.join(staging, 'weights', `${sha256}.safetensors`)
}

/** A checkpoint continues the experiment that it was written for, and no other. */
function checkCheckpoints(run: BundledRun, folder: string, file: string): void {
  const experiment = createHash('sha256')
    .update(JSON.stringify(run.spec))
    .update('\n')
    .update(JSON.stringify(run.document))
    .digest('hex')
  for (const reference of run.checkpoints) {
    const checkpoint = readCheckpoint(systemFiles, folder, reference)
    if (checkpoint.experiment !== experiment || checkpoint.position.step !== reference.step) {
      const message = `${file}: checkpoint ${reference.file} belongs to another experiment than run ${run.id}`
      throw new StudioError('file-damaged', message, { file, run: run.id })
    }
  }
}

function takeRuns(
  manifest: BundleManifest,
  tables: ReadonlyMap<number, RunTables>,
  staging: string,
  { store, queue }: StudioParts,
): ReadonlyMap<number, number> {
  const ids = new Map<number, number>()
  // Parents first: a branch names its own.
  const ordered = manifest.runs.toSorted((a, b) => a.id - b.id)
  const moved: string[] = []
  try {
    store.transaction(() => {
      for (const run of ordered) {
        const id = addRun(run, ids, { store, queue })
        ids.set(run.id, id)
        const folder = path.join(staging, String(run.id))
        if (run.checkpoints.length === 0) continue
        const target = queue.checkpointFolder(id)
        fs.renameSync(folder, target)
        moved.push(target)
      }
    })
  } catch (error) {
    for (const folder of moved) fs.rmSync(folder, { recursive: true, force: true })
    throw error
  }
  for (const run of ordered) {
    const id = ids.get(run.id) as number
    const { metrics, layers } = tables.get(run.id) as RunTables
    for (const { split, name, steps, values, at } of metrics) {
      const points = steps.map((step, i) => ({ split, name, step, value: values[i] as number, at: at[i] as number }))
      store.metrics.append(id, points)
    }
    store.metrics.flush()
    for (const statistics of layers) store.layerStatistics.put(id, statistics)
  }
  return ids
}

/** What trained or waited there is stopped here: it goes on when somebody says so. */
function addRun(
  run: BundledRun,
  ids: ReadonlyMap<number, number>,
  { store, queue }: Pick<StudioParts, 'store' | 'queue'>,
): number {
  const { document, network, engine, parameters, steps, review } = run
  const spec = run.spec as unknown as ExperimentSpec
  const id = store.runs.add(
    { spec, document: document as JsonObject, network, engine, parameters, steps },
    { createdAt: run.createdAt },
  )
  for (const result of run.epochs) store.runs.addEpoch(id, result, run.best)
  store.runs.setProgress(id, run.progress)
  const isOver = ['finished', 'failed', 'stopped'].includes(run.status)
  store.runs.change(
    id,
    {
      status: isOver ? run.status : 'stopped',
      ...(run.startedAt !== null && { startedAt: run.startedAt }),
      endedAt: run.endedAt,
      ...(run.environment && { environment: run.environment }),
      ...(run.test && { test: run.test }),
      ...(run.weightsSha256 !== null && { weightsSha256: run.weightsSha256 }),
      ...{ endedEarly: run.endedEarly, error: run.error },
    },
    'run.imported',
    { from: run.id },
  )
  queue.takeEnded(id)
  for (const checkpoint of run.checkpoints) store.checkpoints.add(id, checkpoint)
  const { tags, ...said } = review
  store.reviews.change([id], { ...said, addTags: tags })
  const parent = run.parent && ids.get(run.parent.run)
  if (run.parent && parent) {
    store.reviews.setParent(id, { ...run.parent, run: parent })
    const pinned = store.checkpoints.list(parent).find(({ step }) => step === run.parent?.step)
    if (pinned) store.checkpoints.pin(pinned.id)
  }
  return id
}

async function findWarnings(
  { runs }: BundleManifest,
  ids: ReadonlyMap<number, number>,
  { home }: StudioParts,
): Promise<BundleWarning[]> {
  const datasets = await listDatasets({ home })
  return runs.flatMap((run): BundleWarning[] => {
    const id = ids.get(run.id) as number
    const { dataset: name } = (run.spec as unknown as ExperimentSpec).data
    const known = datasets.find((dataset) => dataset.name === name)
    const expected = run.environment?.datasetFingerprint
    const isOther = known?.fingerprint != null && expected !== undefined && known.fingerprint !== expected
    return [
      ...(!known || known.problem ? [{ run: id, kind: 'dataset-missing' as const, dataset: name }] : []),
      ...(isOther ? [{ run: id, kind: 'different-data' as const, dataset: name }] : []),
      ...(run.parent && run.checkpoints.length === 0 && !ids.has(run.parent.run)
        ? [{ run: id, kind: 'parent-missing' as const, dataset: name }]
        : []),
    ]
  })
}

function asStudioError(error: unknown, file: string): unknown {
  if (error instanceof StudioError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StudioError('disk-full', `${file}: ${message}`, { file }, error)
  return error
}
