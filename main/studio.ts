/**
 * The one place where the studio service is composed: store, queue, datasets and engines, behind functions named as in the contract of the
 * service. Transport, lock and process life belong to whoever calls this.
 */
import os from 'node:os'
import type { DatasetRecord } from '../experiments/data/dataset-record.ts'
import type { ImageSize } from '../experiments/network/lower-network.ts'
import type { JobOptions } from '../experiments/queue/job-record.ts'
import type { MetricSeries } from '../experiments/runs/metric.ts'
import type { RunDetail, RunSummary } from '../experiments/runs/run-record.ts'
import { describeBatches, type BatchesReport } from './datasets/describe-batches.ts'
import { DownloadRunner } from './datasets/download-runner.ts'
import { listDatasets } from './datasets/list-datasets.ts'
import { sampleImages, type SampleImages } from './datasets/sample-images.ts'
import { exportRun } from './onnx-exchange/export-run.ts'
import type { WrittenModel } from './onnx-exchange/export/write-onnx-file.ts'
import { importOnnx, type OnnxImport } from './onnx-exchange/import-into-home.ts'
import { bestCheckpoint } from './queue/best-checkpoint.ts'
import { weightsOfRun } from './weights/run-weights.ts'
import type { EngineReport } from '../experiments/engines/engine-report.ts'
import { EngineSurvey } from './engines/survey/engine-survey.ts'
import { prepareRun } from './queue/prepare-run.ts'
import { ImportRunner } from './datasets/import/import-runner.ts'
import { augmentationProcedures } from './procedures/augmentation-procedures.ts'
import { blocksProcedures } from './procedures/blocks-procedures.ts'
import { documentsProcedures } from './procedures/documents-procedures.ts'
import { enginesProcedures } from './procedures/engines-procedures.ts'
import { evaluationProcedures } from './procedures/evaluation-procedures.ts'
import { insideProcedures } from './procedures/inside-procedures.ts'
import { queueProcedures } from './procedures/queue-procedures.ts'
import { reviewProcedures } from './procedures/review-procedures.ts'
import { shareProcedures } from './procedures/share-procedures.ts'
import { sweepsProcedures } from './procedures/sweeps-procedures.ts'
import type { StudioParts } from './procedures/studio-parts.ts'
import { runDetail } from './review/run-detail.ts'
import type { FileOperations } from './files/file-operations.ts'
import type { Clock } from './queue/clock.ts'
import { MachineLog } from './queue/machine-log.ts'
import { systemClock } from './queue/clock.ts'
import { MachineMeter } from './queue/machine-meter.ts'
import { RunQueue } from './queue/run-queue.ts'
import type { StudioEmitter, StudioEvents } from './queue/studio-events.ts'
import type { ProcessCommand } from './processes/process-command.ts'
import { LayerRecorder } from './inspector/layer-recorder.ts'
import { Inspector } from './inspector/inspector.ts'
import { ParallelAdviser } from './tuning/parallel-adviser.ts'
import { Sweeper } from './tuning/sweeper.ts'
import { openStore } from './store/open-store.ts'

export interface StudioOptions {
  /** Home folder; made when absent. Only one studio may have it open. */
  readonly home: string
  readonly trainer: ProcessCommand
  /** The process that imports images. */
  readonly importer: ProcessCommand
  /** The process that evaluates networks and looks inside of them. */
  readonly inspector: ProcessCommand
  /** The process that looks at one engine. */
  readonly engineProbe: ProcessCommand
  readonly studioVersion: string
  /** Git commit of the studio, null in a package. */
  readonly studioCommit: string | null
  readonly electron: ElectronReport
  readonly log: StudioLog
  /** The time as the queue sees it, the system's by default. */
  readonly clock?: Clock
  /** How the queue handles checkpoint files, the system's way by default. */
  readonly files?: FileOperations
}

/** Which Electron runs the window; the service itself never loads it. */
export interface ElectronReport {
  readonly version: string | null
  readonly source: string
  readonly detail: string
}

/** The part of a logger that the studio uses. */
export interface StudioLog {
  info(context: object, message: string): void
  error(context: object, message: string): void
}

export type StudioListener = <Event extends keyof StudioEvents>(event: Event, payload: StudioEvents[Event]) => void

export interface DoctorReport {
  readonly studio: { version: string; commit: string | null; home: string }
  readonly service: { pid: number; node: string; startedAt: number }
  readonly platform: { os: string; arch: string; cpu: string; cores: number; memoryBytes: number }
  readonly electron: ElectronReport
  readonly store: { file: string; schemaVersion: number; sqlite: string; runs: number }
  readonly engines: EngineReport[]
  readonly batches: BatchesReport
  readonly datasets: DatasetRecord[]
}

/** One function a procedure of the contract, apart from those of the process itself. */
interface RunHandlers {
  doctor(): Promise<DoctorReport>
  'data.list'(): Promise<DatasetRecord[]>
  'data.download'(input: { name: string; mirror?: string | undefined }): Promise<DatasetRecord>
  'data.takeFiles'(input: { name: string; source: string }): Promise<DatasetRecord>
  'data.cancelDownload'(input: { name: string }): Record<string, never>
  'data.discardDownload'(input: { name: string }): Promise<Record<string, never>>
  'data.samples'(input: { name: string; count: number; labels?: number[] | undefined }): Promise<SampleImages>
  'network.importOnnx'(input: { file: string; input?: ImageSize | undefined }): OnnxImport
  'runs.exportOnnx'(input: { run: number; file: string; softmax: boolean }): Promise<WrittenModel>
  'runs.start'(input: { spec: unknown; job?: JobOptions | undefined }): Promise<RunSummary>
  'runs.list'(): RunSummary[]
  'runs.get'(input: { run: number }): RunDetail
  'runs.metrics'(input: {
    run: number
    maxPoints?: number | undefined
    range?: [from: number, to: number] | undefined
    isLog?: boolean | undefined
  }): MetricSeries[]
  'runs.stop'(input: { run: number }): Promise<RunSummary>
  'runs.delete'(input: { runs: number[] }): Record<string, never>
  'runs.restore'(input: { runs: number[] }): Record<string, never>
}

export type StudioHandlers = RunHandlers & ReturnType<typeof areaProcedures>

export interface Studio {
  readonly handlers: StudioHandlers
  /** Calls `listener` with every event of the contract from now on. */
  onEvent(listener: StudioListener): void
  /** Runs that wait or train; at least one while a sweep is between two trials. */
  activeRuns(): number
  /** Whether a run, an import or a download needs the service, with or without a client. */
  isWorking(): boolean
  /** Ends a trainer with a checkpoint, its run goes on with the next studio; closes the store. */
  close(): Promise<void>
}

/** Throws `database-newer`, `database-damaged`, or what the file system says. */
export async function createStudio(options: StudioOptions): Promise<Studio> {
  const startedAt = Date.now()
  const { home, log, trainer, clock, files } = options
  const store = openStore(home)
  const listeners: StudioListener[] = []
  const emit: StudioEmitter = (event, payload) => {
    for (const listener of listeners) listener(event, payload)
  }
  const onFault = (fault: unknown, run: number): void => log.error({ err: fault, run }, 'a run could not be recorded')
  const studio = { version: options.studioVersion, commit: options.studioCommit }
  const engines = new EngineSurvey({ probe: options.engineProbe, home })
  const queue = new RunQueue({
    ...{ home, store, trainer, studio, engines, emit, onFault },
    ...(clock && { clock }),
    ...(files && { files }),
  })
  const sweeper = new Sweeper({
    ...{ home, store, queue, engines, emit },
    onFault: (fault, sweep) => log.error({ err: fault, sweep }, 'a sweep could not go on'),
  })
  listeners.push((event, payload) => sweeper.onEvent(event, payload))
  const inspector = new Inspector(options.inspector, home)
  const layerRecorder = new LayerRecorder({ store, queue, inspector, emit })
  layerRecorder.attach()
  queue.start()
  sweeper.start()
  const activeRuns = (): number => Math.max(queue.activeRuns(), sweeper.isActive ? 1 : 0)
  const imports = new ImportRunner(home, options.importer, (progress) => emit('data.progress', progress))
  const downloads = new DownloadRunner(home, (progress) => emit('data.progress', progress))
  const machine = new MachineMeter()
  const machineLog = new MachineLog({
    ...{ clock: clock ?? systemClock, meter: machine, table: store.machine },
    isWorking: () => store.jobs.inState('running').length > 0,
    onFault: (fault) => log.error({ err: fault }, 'how busy the machine is could not be written down'),
  })
  machineLog.start()
  const place = { home, engines, weightsOfRun: (run: number) => weightsOfRun(store, queue, run) }
  const adviser = new ParallelAdviser({ place, trainer, studio })
  const parts: StudioParts = {
    ...{ options, home, store, queue, sweeper, adviser, inspector, imports, layerRecorder, engines, emit, machine },
  }
  return {
    handlers: {
      ...areaProcedures(parts),
      doctor: async () => ({
        studio: { ...studio, home },
        service: { pid: process.pid, node: process.versions.node, startedAt },
        platform: platformReport(),
        electron: options.electron,
        store: store.info(),
        engines: await engines.describe(),
        batches: describeBatches(),
        datasets: await listDatasets({ home }),
      }),
      'data.list': () => listDatasets({ home }),
      'data.download': ({ name, mirror }) => downloads.download(name, mirror),
      'data.takeFiles': ({ name, source }) => downloads.take(name, source),
      'data.cancelDownload': ({ name }) => {
        downloads.cancel(name)
        return {}
      },
      'data.discardDownload': async ({ name }) => {
        await downloads.discard(name)
        return {}
      },
      'data.samples': ({ name, ...which }) => sampleImages(name, which, { home }),
      'network.importOnnx': ({ file, input }) => importOnnx(home, file, input),
      'runs.exportOnnx': ({ run, file, softmax }) => {
        const checkpoint = bestCheckpoint(store, queue, run)
        return exportRun({
          ...{ run: runDetail(store, queue, run), checkpoint, home, file, softmax },
          studio: studio.version,
          checkpointFolder: queue.checkpointFolder(run),
        })
      },
      'runs.start': async ({ spec, job }) => {
        const { run, dataset } = await prepareRun(spec, place)
        store.datasets.remember(dataset)
        return queue.enqueue(run, job)
      },
      'runs.list': () => store.runs.list().map((run) => queue.recorder.withProgress(run)),
      'runs.get': ({ run }) => runDetail(store, queue, run),
      'runs.metrics': ({ run, maxPoints, range, isLog }) => {
        store.runs.get(run)
        return store.metrics.series(run, maxPoints, range && { range, isLog })
      },
      'runs.stop': ({ run }) => queue.stop(run),
      'runs.delete': ({ runs }) => {
        store.runs.delete(runs)
        for (const run of runs) emit('run.removed', { run })
        return {}
      },
      'runs.restore': ({ runs }) => {
        store.runs.restore(runs)
        queue.recorder.announceAll(runs)
        return {}
      },
    },
    onEvent: (listener) => void listeners.push(listener),
    activeRuns,
    isWorking: () => activeRuns() > 0 || imports.active > 0 || downloads.active > 0,
    async close() {
      sweeper.close()
      inspector.close()
      imports.close()
      downloads.close()
      machineLog.close()
      machine.close()
      await queue.close()
      store.close()
    },
  }
}

/** One file an area in `procedures/`. */
function areaProcedures(parts: StudioParts) {
  return {
    ...documentsProcedures(parts),
    ...blocksProcedures(parts),
    ...queueProcedures(parts),
    ...reviewProcedures(parts),
    ...evaluationProcedures(parts),
    ...insideProcedures(parts),
    ...shareProcedures(parts),
    ...augmentationProcedures(parts),
    ...sweepsProcedures(parts),
    ...enginesProcedures(parts),
  }
}

function platformReport(): DoctorReport['platform'] {
  const cpus = os.cpus()
  return {
    os: `${os.type()} ${os.release()}`,
    arch: os.arch(),
    cpu: cpus[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  }
}
