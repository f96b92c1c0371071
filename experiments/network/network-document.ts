/**
 * The network as a person draws it: nodes with parameters, and edges between their ports. A node is a layer or a block; a document can
 * bring blocks of its own. This JSON is what *.network.json files and the store hold. It only grows: a later version adds keys, and older
 * documents read as they are.
 */
import { z } from 'zod'
import type { JsonObject } from '../errors/studio-error.ts'

export const maxNodes = 10_000
export const maxEdges = 50_000
/** Blocks that a document may define. */
export const maxBlocks = 1_000
export const maxRepeats = 1_000

/**
 * In the graph of a block, edges from here start at the block's inputs, and edges to there end at its outputs; `sourcePort` and
 * `targetPort` name which.
 */
export const blockInputs = '@inputs'
export const blockOutputs = '@outputs'

/** Ids name weights in checkpoints, so they are kept for ever; `/` is left for nodes inside of blocks. */
export const networkId = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'up to 128 letters, digits, "_", "-" and "."; no "-" or "." in front')
const text = z.string().max(500)
const coordinate = z.number().min(-1e7).max(1e7)

const node = z.strictObject({
  id: networkId,
  /** Id of a layer or a block. */
  type: z.string().min(1).max(128),
  /** Version of the layer or block that `params` were written for. Default 1. */
  version: z.int().min(1).optional(),
  /** Shown instead of the id. */
  name: text.optional(),
  /** Those that differ from the defaults. */
  params: z.record(z.string(), z.json()).optional(),
  /** The node stands for a chain of as many equal ones. */
  repeat: z
    .strictObject({
      times: z.int().min(1).max(maxRepeats),
      /** Stride of the first one, when it differs from that of the others. */
      firstStride: z.int().min(1).max(1024).optional(),
    })
    .optional(),
  /** Place on the canvas. */
  position: z.strictObject({ x: coordinate, y: coordinate }).optional(),
})

export const annotationKinds = ['frame', 'comment'] as const
export const annotationColors = ['grey', 'blue', 'green', 'amber', 'red', 'violet'] as const
export const maxAnnotations = 1_000
const extent = z.number().min(1).max(1e6)

/** Words on the canvas: a frame around nodes, or a comment beside them. They mean nothing to the network. */
const annotation = z.strictObject({
  id: networkId,
  kind: z.enum(annotationKinds),
  text: z.string().max(5_000),
  position: z.strictObject({ x: coordinate, y: coordinate }),
  size: z.strictObject({ width: extent, height: extent }),
  color: z.enum(annotationColors).optional(),
})
const annotations = z.array(annotation).max(maxAnnotations).optional()

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'up to 64 letters, digits and "_"; no digit in front')

const edge = z.strictObject({
  id: networkId.optional(),
  source: z.string(),
  /** Default: the only output of the source. */
  sourcePort: z.string().optional(),
  target: z.string(),
  /** Default: the only input of the target. */
  targetPort: z.string().optional(),
})

const portName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'up to 64 letters, digits, "_" and "-"')
const ports = z.array(z.strictObject({ name: portName })).max(64)

/** A parameter of a block sets parameters of nodes inside. */
const blockParam = z.strictObject({
  /** Default: that of the first parameter it sets. */
  label: text.optional(),
  sets: z
    .array(z.strictObject({ node: networkId, param: z.string().min(1).max(128) }))
    .min(1)
    .max(maxNodes),
})

const ownBlock = z.strictObject({
  title: text.min(1),
  summary: text.optional(),
  inputs: ports,
  outputs: ports,
  params: z.record(portName, blockParam).optional(),
  nodes: z.array(node).max(maxNodes),
  edges: z.array(edge).max(maxEdges),
  annotations,
})

export const networkDocumentSchema = z.strictObject({
  format: z.literal('strata.network'),
  version: z.literal(1),
  name: text.min(1),
  nodes: z.array(node).max(maxNodes),
  edges: z.array(edge).max(maxEdges),
  /** Blocks that nodes of this document use as their type, by id. */
  blocks: z
    .record(networkId, ownBlock)
    .refine((blocks) => Object.keys(blocks).length <= maxBlocks, `a document defines at most ${maxBlocks} blocks`)
    .optional(),
  /** Numbers that expressions in parameters name: `"filters": "=2*width"`. */
  variables: z
    .record(variableName, z.number())
    .refine((variables) => Object.keys(variables).length <= 1_000, 'a document has at most 1000 variables')
    .optional(),
  /** Paths of the blocks whose inside is shown in place: `stem`, `conv2_x/1`. */
  unfolded: z.array(z.string().max(4_000)).max(maxNodes).optional(),
  annotations,
})

export interface NetworkNode {
  readonly id: string
  readonly type: string
  readonly version?: number | undefined
  readonly name?: string | undefined
  readonly params?: JsonObject | undefined
  readonly repeat?: NodeRepeat | undefined
  readonly position?: { readonly x: number; readonly y: number } | undefined
}

export interface NodeRepeat {
  readonly times: number
  readonly firstStride?: number | undefined
}

export interface NetworkEdge {
  readonly id?: string | undefined
  readonly source: string
  readonly sourcePort?: string | undefined
  readonly target: string
  readonly targetPort?: string | undefined
}

export interface Annotation {
  readonly id: string
  readonly kind: (typeof annotationKinds)[number]
  readonly text: string
  readonly position: { readonly x: number; readonly y: number }
  readonly size: { readonly width: number; readonly height: number }
  /** Default grey. */
  readonly color?: (typeof annotationColors)[number] | undefined
}

/** Nodes and the edges between them. */
export interface NetworkGraph {
  readonly nodes: readonly NetworkNode[]
  readonly edges: readonly NetworkEdge[]
}

/** A block that a document defines. Its edges may start at `blockInputs` and end at `blockOutputs`. */
export interface OwnBlock extends NetworkGraph {
  readonly title: string
  readonly summary?: string | undefined
  readonly inputs: readonly { readonly name: string }[]
  readonly outputs: readonly { readonly name: string }[]
  readonly params?: Readonly<Record<string, OwnBlockParam>> | undefined
  readonly annotations?: readonly Annotation[] | undefined
}

export interface OwnBlockParam {
  readonly label?: string | undefined
  readonly sets: readonly { readonly node: string; readonly param: string }[]
}

export interface NetworkDocument extends NetworkGraph {
  readonly format: 'strata.network'
  readonly version: 1
  readonly name: string
  readonly blocks?: Readonly<Record<string, OwnBlock>> | undefined
  readonly variables?: Readonly<Record<string, number>> | undefined
  readonly unfolded?: readonly string[] | undefined
  readonly annotations?: readonly Annotation[] | undefined
}
