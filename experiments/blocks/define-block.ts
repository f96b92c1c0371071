/**
 * The form of a block: a part of a network that is drawn as one node and set by a few parameters. One file per block, like layers.
 * A block has no ops of its own: it expands into layers and other blocks.
 */
import type { JsonObject } from '../errors/studio-error.ts'
import type { Port } from '../layers/define-layer.ts'
import type { ParamsOf, ParamTable } from '../layers/params/param-kind.ts'
import type { NetworkGraph } from '../network/network-document.ts'
import type { TensorType } from '../ops/tensor-type.ts'

/** `own` is for blocks that a document defines. */
export type BlockCategory = 'convolution' | 'inception' | 'residual' | 'own'

/** Another block for the same place, and how it is set to do the most similar thing. */
export interface BlockVariant<P = JsonObject> {
  readonly to: string
  /** Parameters of the other block that follow from this one's; those left out get their defaults. */
  params(params: P): JsonObject
}

export interface BlockDefinition<P = JsonObject> {
  /** Stands in documents for ever; no layer has the same. */
  readonly id: string
  /** Grows when the meaning of a parameter changes; `migrate` brings older ones up to date. */
  readonly version: number
  readonly category: BlockCategory
  readonly title: string
  readonly summary: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly params: ParamTable
  /** The inside depends on what arrives: on whether a shortcut fits, say. */
  readonly usesShapes: boolean
  readonly variants: readonly BlockVariant<P>[]
  /**
   * The inside, for complete parameters. Ids of nodes are part of every checkpoint. Edges start at `blockInputs` and end at `blockOutputs`.
   * @param inputs what arrives, per port, where it is known; asked for by `usesShapes`
   */
  expand(params: P, inputs: readonly (TensorType | undefined)[]): NetworkGraph
  /** Turns parameters of an older version into those of this one. Needed once `version` is above 1. */
  migrate?(params: JsonObject, version: number): JsonObject
}

type Typed<Table> = Omit<
  BlockDefinition<ParamsOf<Table>>,
  'params' | 'inputs' | 'outputs' | 'usesShapes' | 'variants'
> & {
  readonly params: Table
  /** Default: one, named `input`. */
  readonly inputs?: readonly Port[]
  /** Default: one, named `output`. */
  readonly outputs?: readonly Port[]
  /** Default false. */
  readonly usesShapes?: boolean
  /** Default: none. */
  readonly variants?: readonly BlockVariant<ParamsOf<Table>>[]
}

/** Declares a block; as with layers, the type of its parameters follows from `params` and is then forgotten. */
export function defineBlock<const Table extends ParamTable>(block: Typed<Table>): BlockDefinition {
  const { inputs = [{ name: 'input' }], outputs = [{ name: 'output' }], usesShapes = false, variants = [] } = block
  return { ...block, inputs, outputs, usesShapes, variants }
}
