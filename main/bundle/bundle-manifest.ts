/**
 * The table of contents of a bundle: which runs, with all that describes them, and every file with its size and hash. A bundle is a tar file, so
 * that any program can look into it: `bundle.json` is this table, `seal.txt` its SHA-256, and the files follow in the order of the table.
 */
import { z } from 'zod'
import {
  endedEarly,
  epochResult,
  errorRecord,
  lossAndAccuracy,
  runEnvironment,
  runStatus,
} from '../../experiments/runs/run-record.ts'
import { runColour, runTag } from '../../experiments/runs/run-review.ts'

export const bundleFormat = 'strata.bundle'
export const bundleVersion = 1

/** What a bundle may hold: one that says more is refused before anything is read. */
export const bundleLimits = {
  manifestBytes: 64 * 2 ** 20,
  runs: 1000,
  files: 20_000,
  /** Of one table of numbers. */
  tableBytes: 512 * 2 ** 20,
  /** Of one file of weights: what the header of tar can say. */
  weightBytes: 8 * 2 ** 30 - 1,
  totalBytes: 2 ** 40,
} as const

const count = z.int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const json = z.record(z.string(), z.unknown())

/** Names are never used as paths of files: they are compared with these, and the places are made anew. */
export const bundlePaths = {
  report: /^report\.html$/,
  metrics: /^runs\/(\d{1,12})\/metrics\.json$/,
  layers: /^runs\/(\d{1,12})\/layers\.json$/,
  network: /^runs\/(\d{1,12})\/network\.json$/,
  checkpoint: /^runs\/(\d{1,12})\/checkpoints\/(step-\d{9,15}\.safetensors)$/,
  weights: /^weights\/([0-9a-f]{64})\.safetensors$/,
} as const

const path = z
  .string()
  .refine((text) => Object.values(bundlePaths).some((pattern) => pattern.test(text)), 'not a name of a bundle')

export const bundleFile = z.strictObject({ path, bytes: count, sha256 })
export type BundleFile = z.infer<typeof bundleFile>

const checkpoint = z.strictObject({
  epoch: count,
  step: count,
  file: z.string().regex(/^step-\d{9,15}\.safetensors$/),
  bytes: count,
  sha256,
  best: z.boolean(),
  createdAt: z.number(),
})

export const bundledRun = z.strictObject({
  /** Its number in the studio that it comes from. */
  id: z.int().min(1),
  name: z.string().min(1).max(200),
  status: runStatus,
  spec: json,
  document: json,
  network: z.string(),
  engine: z.string(),
  parameters: z.number().nullable(),
  steps: count,
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  environment: runEnvironment.nullable(),
  epochs: z.array(epochResult),
  progress: z.strictObject({ epoch: count, step: count, imagesPerSecond: z.number().nullable() }),
  best: z.strictObject({ epoch: count, accuracy: z.number() }).nullable(),
  test: lossAndAccuracy.nullable(),
  weightsSha256: z.string().nullable(),
  endedEarly: endedEarly.nullable(),
  error: errorRecord.nullable(),
  review: z.strictObject({
    starred: z.boolean(),
    colour: runColour.nullable(),
    tags: z.array(runTag),
    note: z.string().max(100_000),
  }),
  parent: z.strictObject({ run: z.int(), epoch: count, step: count, keepsSchedule: z.boolean() }).nullable(),
  checkpoints: z.array(checkpoint),
})
export type BundledRun = z.infer<typeof bundledRun>

export const bundleManifest = z.strictObject({
  format: z.literal(bundleFormat),
  version: z.literal(bundleVersion),
  studio: z.string(),
  createdAt: z.number(),
  runs: z.array(bundledRun).min(1).max(bundleLimits.runs),
  files: z.array(bundleFile).max(bundleLimits.files),
})
export type BundleManifest = z.infer<typeof bundleManifest>
