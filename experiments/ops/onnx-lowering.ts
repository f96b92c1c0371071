/**
 * What an op sees when it is turned into ONNX: a target that states its abilities, and a graph to add nodes to. Pure data; the
 * protobuf and the runtime are elsewhere.
 */
import type { TensorType } from './tensor-type.ts'

/** Execution provider of ONNX Runtime that will run the nodes, or `portable` for a file that any tool can open. */
export type OnnxProvider = 'cpu' | 'webgpu' | 'dml' | 'cuda' | 'portable'

export interface OnnxTarget {
  readonly provider: OnnxProvider
  readonly opset: number
  /** May use ONNX Runtime's own operators (domain com.microsoft). */
  readonly contribOps: boolean
}

export interface OnnxIntegers {
  readonly ints: readonly number[]
}
/** An integer is a number here; a float is marked, for JavaScript cannot tell 1 from 1.0. */
export type OnnxAttribute =
  number | string | OnnxIntegers | { readonly float: number } | { readonly floats: readonly number[] }

export interface OnnxNodeOptions {
  /** Default: the standard domain. */
  readonly domain?: string
  /** Number of outputs. Default 1. An output beyond the first is only computed when asked for. */
  readonly outputs?: number
}

export interface OnnxGraphBuilder {
  readonly target: OnnxTarget
  /** Adds a node and returns its first output; an empty input name leaves an optional input out. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: OnnxNodeOptions,
  ): string
  /** Adds a node of several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    options: OnnxNodeOptions,
  ): readonly string[]
  /** A constant list of 64-bit integers (shapes, axes, indices); the same list is stored once. */
  integers(values: readonly number[]): string
  /** A constant float32 tensor; without a shape it is one-dimensional. */
  floats(values: ArrayLike<number>, shape?: readonly number[]): string
  /** A constant int32 tensor. */
  int32s(values: ArrayLike<number>, shape: readonly number[]): string
  /** A constant float32 of rank 0. */
  scalar(value: number): string
}

export interface OnnxLowering<A> extends OnnxGraphBuilder {
  readonly inputs: readonly string[]
  readonly inputTypes: readonly TensorType[]
  readonly outputTypes: readonly TensorType[]
  readonly attributes: A
}

/** Element types by ONNX's own numbers, for `Cast`. */
export const onnxFloat = 1
export const onnxInt32 = 6
export const onnxBool = 9
export const onnxFloat16 = 10

export function ints(values: readonly number[]): OnnxIntegers {
  return { ints: values }
}
