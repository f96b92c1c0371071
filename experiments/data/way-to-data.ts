/** What a person can do to get a dataset. Errors carry it as values, so that the command line says it in English and the window in its language. */
import { z } from 'zod'

export const wayToData = z.discriminatedUnion('way', [
  z.object({ way: z.literal('download'), name: z.string(), bytes: z.int() }),
  z.object({ way: z.literal('retry') }),
  /** Fetched where there is internet, then taken from a file. */
  z.object({ way: z.literal('another-computer'), name: z.string(), files: z.array(z.string()), from: z.string() }),
  z.object({ way: z.literal('mirror'), name: z.string(), file: z.string() }),
  z.object({ way: z.literal('debian-package'), package: z.string() }),
  /** Packed or unpacked. */
  z.object({ way: z.literal('put-files'), files: z.array(z.string()), folder: z.string() }),
  z.object({ way: z.literal('unpack'), file: z.string(), folder: z.string() }),
  z.object({ way: z.literal('import-again') }),
  z.object({ way: z.literal('put-back'), file: z.string(), folder: z.string() }),
])
export type WayToData = z.infer<typeof wayToData>

export const waysToData = z.array(wayToData)
