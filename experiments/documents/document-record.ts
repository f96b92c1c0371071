/**
 * Networks that people draw, as every client of the studio sees them: what is open in the composer, where it came from, and its versions.
 * The drawing itself is a NetworkDocument; paths of files stay with the service, clients see names only.
 */
import { z } from 'zod'

export const documentId = z.int().min(1)

/** Where a document began. */
export const documentOrigin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('blank') }),
  z.strictObject({ kind: z.literal('zoo'), network: z.string().min(1).max(128) }),
  z.strictObject({ kind: z.literal('run'), run: z.int().min(1), name: z.string().max(200) }),
  /** Name of a *.network.json or *.onnx file, without its folder. */
  z.strictObject({ kind: z.literal('file'), name: z.string().max(1024) }),
  z.strictObject({ kind: z.literal('onnx'), name: z.string().max(1024) }),
  z.strictObject({ kind: z.literal('copy'), document: documentId, name: z.string().max(500) }),
])
export type DocumentOrigin = z.infer<typeof documentOrigin>

/** Weights that came along: those of an imported file, kept in the home folder under their hash, or the best ones of a run. */
export const documentWeights = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), sha256: z.string(), source: z.string() }),
  z.strictObject({ kind: z.literal('run'), run: z.int().min(1) }),
])
export type DocumentWeights = z.infer<typeof documentWeights>

export const documentRecord = z.object({
  id: documentId,
  name: z.string(),
  /** Nodes as drawn, blocks folded. */
  nodes: z.int(),
  origin: documentOrigin,
  weights: documentWeights.nullable(),
  /** Name of the *.network.json file that it was opened from or saved to. */
  fileName: z.string().nullable(),
  /** Whether there are changes that this file does not have. Without a file: false, the studio keeps every state itself. */
  fileBehind: z.boolean(),
  /** Grows with every stored change. */
  revision: z.int(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
  openedAt: z.number(),
})
export type DocumentRecord = z.infer<typeof documentRecord>

/** A state that is kept. `label` is null for those that the studio keeps on its own. */
export const documentVersion = z.object({
  id: z.int().min(1),
  document: documentId,
  label: z.string().nullable(),
  /** The run that trained this state. */
  run: z.int().nullable(),
  nodes: z.int(),
  revision: z.int(),
  createdAt: z.number(),
})
export type DocumentVersion = z.infer<typeof documentVersion>
