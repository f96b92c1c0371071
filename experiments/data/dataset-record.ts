/** A dataset as the studio lists it, whether or not its files are on this machine. */
import { z } from 'zod'
import { errorRecord } from '../runs/run-record.ts'

export const datasetRecord = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  classes: z.array(z.string()),
  trainCount: z.int(),
  testCount: z.int(),
  /** Where its files lie, or null while they are missing. */
  location: z.string().nullable(),
  /** Content hash, known once the files were read. */
  fingerprint: z.string().nullable(),
  /** Why it cannot be used, with what to do. Null when it is ready. */
  problem: errorRecord.nullable(),
  /** What `data.download` would fetch of it, and how much an earlier download has received. Null when it has no address. */
  download: z.object({ files: z.array(z.string()), bytes: z.int(), received: z.int() }).nullable(),
  /** Whether the user brought it, and may remove it. */
  imported: z.boolean().optional(),
})
export type DatasetRecord = z.infer<typeof datasetRecord>

/** Of a server that has the files of datasets as `<name>/<file>`. */
export const mirrorAddress = z.url({
  protocol: /^https?$/,
  error: 'expected an address that begins with http:// or https://',
})

/** Progress of a download or import; `total` is null while it is unknown. */
export const datasetProgress = z.object({
  name: z.string(),
  stage: z.enum(['downloading', 'verifying', 'unpacking', 'preparing', 'done', 'failed']),
  done: z.number(),
  total: z.number().nullable(),
  error: errorRecord.nullable(),
})
export type DatasetProgress = z.infer<typeof datasetProgress>
