/**
 * Where a run begins instead of at random weights: with those of an imported network or of another run, all or for some layers, perhaps with
 * layers that stay as they are, and perhaps with a new head for other classes.
 */
import { z } from 'zod'

/** Id of a layer or a block; `*` stands for any characters. */
const layerPattern = z.string().min(1).max(200)

export const startSpec = z.strictObject({
  weights: z
    .union([z.string().min(1).max(4096), z.int().min(1)])
    .describe('a *.safetensors file, relative to the experiment file, or the number of a run'),
  /** Layers that take their weights from there; the others begin at random. Default: all. */
  layers: z.union([z.literal('all'), z.array(layerPattern).min(1).max(1000)]).default('all'),
  /** Layers that training leaves as they are. They work as at inference: by their own statistics, without dropout. Default: none. */
  freeze: z.union([z.literal('all'), z.array(layerPattern).max(1000)]).default([]),
  /** `new`: the last layer gets as many outputs as the dataset has classes, begins at random, and is never frozen. Default: keep. */
  head: z.enum(['keep', 'new']).default('keep'),
  /** Of the weights file: what the studio found when the run was queued. Given, no other content is taken. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal')
    .optional(),
})

export type StartSpec = z.output<typeof startSpec>
