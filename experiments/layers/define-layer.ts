/**
 * The form of a layer: one file per layer, everything about it in that file. Shared code never tests for a layer's id; what it has to
 * know, layers say as properties.
 */
import type { ErrorCode } from '../errors/error-codes.ts'
import type { JsonObject } from '../errors/studio-error.ts'
import type { Value } from '../ops/program.ts'
import type { TensorType } from '../ops/tensor-type.ts'
import type { LayerBuilder } from './layer-builder.ts'
import type { ParamsOf, ParamTable } from './params/param-kind.ts'

export type LayerCategory =
  | 'input'
  | 'convolution'
  | 'pooling'
  | 'dense'
  | 'activation'
  | 'normalisation'
  | 'regularisation'
  | 'merge'
  | 'shape'
  | 'output'

/** A place where edges end or begin. */
export interface Port {
  readonly name: string
  /** Takes any number of edges, in the order of the document. Only the last input may be so. */
  readonly variadic?: boolean
}

/** A problem of a layer with its inputs; `message` says what to change. */
export interface LayerProblem {
  readonly code: ErrorCode
  readonly message: string
  /** The parameter to change, if it is one. */
  readonly field?: string
}

export interface LayerDefinition<P = JsonObject> {
  /** Stands in documents for ever. */
  readonly id: string
  /** Grows when the meaning of a parameter changes; `migrate` brings older ones up to date. */
  readonly version: number
  readonly category: LayerCategory
  readonly title: string
  readonly summary: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly params: ParamTable
  /** The parameter that sets how many features come out, if one does: what to change when classes do not match. */
  readonly featuresParam?: string
  /** Whether the layer, and what leads to it only, is left out when the network is used. Default: no. */
  isTrainingOnly?(params: P): boolean
  /** Problems that the ops would not name in the user's terms. */
  check(inputs: readonly TensorType[], params: P): readonly LayerProblem[]
  /** Emits the layer and returns its outputs. @throws StudioError when a shape does not fit */
  lower(b: LayerBuilder, inputs: readonly Value[], params: P): readonly Value[]
  /** Turns parameters of an older version into those of this one. Needed once `version` is above 1. */
  migrate?(params: JsonObject, version: number): JsonObject
}

type Typed<Table> = Omit<LayerDefinition<ParamsOf<Table>>, 'params' | 'inputs' | 'outputs'> & {
  readonly params: Table
  /** Default: one, named `input`. */
  readonly inputs?: readonly Port[]
  /** Default: one, named `output`. */
  readonly outputs?: readonly Port[]
}

/**
 * Declares a layer; the type of its parameters follows from `params`. The type is then forgotten, because a registry holds layers of
 * every type: what reaches `check` and `lower` has been read by the layer's own parameter table, see read-params.ts.
 */
export function defineLayer<const Table extends ParamTable>(layer: Typed<Table>): LayerDefinition {
  const ports = { inputs: layer.inputs ?? [{ name: 'input' }], outputs: layer.outputs ?? [{ name: 'output' }] }
  return { ...layer, ...ports }
}
