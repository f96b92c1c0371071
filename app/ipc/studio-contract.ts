/**
 * What the studio service can be asked (procedures) and what it tells on its own (events). The service, Electron's main process, the
 * window and the CLI all take names, types and validation from here; nothing else crosses the socket or the bridge.
 */
import { z } from 'zod'
import { datasetProgress, datasetRecord, mirrorAddress } from '../../experiments/data/dataset-record.ts'
import { engineReport } from '../../experiments/engines/engine-report.ts'
import { jobOptions } from '../../experiments/queue/job-record.ts'
import { epochResult, errorRecord, runDetail, runSummary } from '../../experiments/runs/run-record.ts'
import { metricPoint, metricSeries } from '../../experiments/runs/metric.ts'
import { augmentationContract } from './contracts/augmentation-contract.ts'
import { blocksContract } from './contracts/blocks-contract.ts'
import { documentsContract } from './contracts/documents-contract.ts'
import { enginesContract } from './contracts/engines-contract.ts'
import { evaluationContract } from './contracts/evaluation-contract.ts'
import { insideContract } from './contracts/inside-contract.ts'
import { queueContract } from './contracts/queue-contract.ts'
import { reviewContract } from './contracts/review-contract.ts'
import { shareContract } from './contracts/share-contract.ts'
import { sweepsContract } from './contracts/sweeps-contract.ts'
import type { Contract, EventsOf, InputOf, OutputOf } from './contract.ts'

const runId = z.int().min(1)
const nothing = z.strictObject({})
/** The first and the last step, both included. */
const stepSpan = z.tuple([z.int().min(0), z.int().min(0)])
const side = z.int().min(1).max(4096)
const imageSize = z.strictObject({ height: side, width: side, channels: z.int().min(1).max(1024) })

export const doctorReport = z.object({
  studio: z.object({ version: z.string(), commit: z.string().nullable(), home: z.string() }),
  service: z.object({ pid: z.int(), node: z.string(), startedAt: z.number() }),
  platform: z.object({ os: z.string(), arch: z.string(), cpu: z.string(), cores: z.int(), memoryBytes: z.number() }),
  electron: z.object({ version: z.string().nullable(), source: z.string(), detail: z.string() }),
  store: z.object({ file: z.string(), schemaVersion: z.int(), sqlite: z.string(), runs: z.int() }),
  engines: z.array(engineReport),
  /** What prepares batches: the native addon, or TypeScript and why. */
  batches: z.object({ native: z.boolean(), detail: z.string(), threads: z.int() }),
  datasets: z.array(datasetRecord),
})
export type DoctorReport = z.infer<typeof doctorReport>

export const studioContract = {
  procedures: {
    'service.info': {
      input: nothing,
      output: z.object({
        version: z.string(),
        /** Which build runs: a client that brings a newer one replaces an idle service. */
        build: z.string(),
        pid: z.int(),
        home: z.string(),
        startedAt: z.number(),
        activeRuns: z.int(),
      }),
    },
    /** Ends the service after running trainers were told to stop; refuses while a run is active unless forced. */
    'service.stop': { input: z.strictObject({ force: z.boolean() }), output: nothing },
    doctor: { input: nothing, output: doctorReport },
    'data.list': { input: nothing, output: z.array(datasetRecord) },
    /** Fetches a dataset, going on from what an earlier try received. `mirror` has `<name>/<file>`. Progress comes as `data.progress`. */
    'data.download': {
      input: z.strictObject({ name: z.string(), mirror: mirrorAddress.optional() }),
      output: datasetRecord,
    },
    /** The same from files that were fetched elsewhere: one of them, or their folder; absolute. */
    'data.takeFiles': { input: z.strictObject({ name: z.string(), source: z.string().min(1) }), output: datasetRecord },
    /** Stops a download; what it has received is kept for the next one. */
    'data.cancelDownload': { input: z.strictObject({ name: z.string() }), output: nothing },
    /** Forgets what a download that was not finished has received. */
    'data.discardDownload': { input: z.strictObject({ name: z.string() }), output: nothing },
    /** Example images of some classes or all, made smaller where they are large: 8-bit pixels, row by row, channels last, base64. */
    'data.samples': {
      input: z.strictObject({
        name: z.string(),
        count: z.int().min(1).max(200),
        labels: z.array(z.int().min(0)).max(200).optional(),
      }),
      output: z.object({
        height: z.int(),
        width: z.int(),
        channels: z.int(),
        images: z.array(z.object({ label: z.int(), pixels: z.string() })),
      }),
    },
    /**
     * Reads an ONNX file that the user chose, absolute path. Its weights go into the home folder, where an experiment can begin from them:
     * `start.weights` is `weights.file`.
     */
    'network.importOnnx': {
      input: z.strictObject({ file: z.string().min(1), input: imageSize.optional() }),
      output: z.object({
        document: z.record(z.string(), z.unknown()),
        weights: z.object({ file: z.string(), sha256: z.string() }),
        /** What stood behind the scores. */
        ending: z.enum(['scores', 'softmax', 'log-softmax']),
        /** What was left out. */
        warnings: z.array(z.object({ path: z.string(), message: z.string() })),
      }),
    },
    /** Queues an experiment. Specification, network, shapes and dataset are checked first: all problems at once. */
    'runs.start': {
      input: z.strictObject({ spec: z.unknown(), job: jobOptions.optional() }),
      output: runSummary,
    },
    'runs.list': { input: nothing, output: z.array(runSummary) },
    'runs.get': { input: z.strictObject({ run: runId }), output: runDetail },
    /**
     * All series of a run, or their points within `range`, thinned to at most `maxPoints` a series (minimum and maximum of each bucket kept).
     * Buckets of a range are even, or with `isLog` as even as on a logarithmic axis.
     */
    'runs.metrics': {
      input: z.strictObject({
        run: runId,
        maxPoints: z.int().min(2).max(1_000_000).optional(),
        range: stepSpan.optional(),
        isLog: z.boolean().optional(),
      }),
      output: z.array(metricSeries),
    },
    'runs.stop': { input: z.strictObject({ run: runId }), output: runSummary },
    /** Writes the best weights of a run as an ONNX file. `file` is absolute: the service has a working folder of its own. */
    'runs.exportOnnx': {
      input: z.strictObject({ run: runId, file: z.string().min(1), softmax: z.boolean() }),
      output: z.object({ file: z.string(), bytes: z.number(), opset: z.int(), dataFile: z.string().nullable() }),
    },
    'runs.delete': { input: z.strictObject({ runs: z.array(runId) }), output: nothing },
    'runs.restore': { input: z.strictObject({ runs: z.array(runId) }), output: nothing },
    ...documentsContract.procedures,
    ...blocksContract.procedures,
    ...queueContract.procedures,
    ...reviewContract.procedures,
    ...evaluationContract.procedures,
    ...insideContract.procedures,
    ...shareContract.procedures,
    ...augmentationContract.procedures,
    ...sweepsContract.procedures,
    ...enginesContract.procedures,
  },
  events: {
    /** A run appeared, or its state or progress changed. */
    'run.changed': runSummary,
    /** As `run.changed`, of several that changed at once. */
    'runs.changed': z.object({ runs: z.array(runSummary) }),
    'run.metrics': z.object({ run: runId, points: z.array(metricPoint) }),
    'run.epoch': z.object({ run: runId, result: epochResult }),
    'run.removed': z.object({ run: runId }),
    'data.progress': datasetProgress,
    'service.stopping': z.object({ reason: z.string() }),
    ...documentsContract.events,
    ...blocksContract.events,
    ...queueContract.events,
    ...reviewContract.events,
    ...evaluationContract.events,
    ...insideContract.events,
    ...augmentationContract.events,
    ...sweepsContract.events,
    ...enginesContract.events,
  },
} satisfies Contract

export type StudioContract = typeof studioContract
export type StudioProcedure = keyof StudioContract['procedures']
export type StudioEvent = keyof StudioContract['events']
export type StudioInput<P extends StudioProcedure> = InputOf<StudioContract, P>
export type StudioOutput<P extends StudioProcedure> = OutputOf<StudioContract, P>
export type StudioEvents = EventsOf<StudioContract>
export { errorRecord }
