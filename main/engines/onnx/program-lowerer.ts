/** A way to turn programs into ONNX nodes, and how the state lies in memory for them. Whoever saves the state sees it row-major. */
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { lowerProgram } from './lower-program.ts'
import type { OnnxGraphDraft } from './onnx-graph.ts'

/** A weight or another tensor of the state, with the sizes that the program gives it. */
export interface StateEntry {
  readonly name: string
  readonly shape: readonly number[]
}

export interface ProgramLowerer {
  /** Sizes as the graph has them. */
  stateShape(entry: StateEntry): readonly number[]
  /** A copy of row-major `values`, as the graph takes them. */
  packState(entry: StateEntry, values: Float32Array): Float32Array
  /** The inverse of `packState`. */
  unpackState(entry: StateEntry, packed: Float32Array): Float32Array
  /** Adds the nodes of `program` to `draft`; returns the ONNX name of each output, by the output's name. */
  lower(
    program: TensorProgram,
    draft: OnnxGraphDraft,
    inputNames: (input: string) => string,
  ): ReadonlyMap<string, string>
}

/** Every op lowers itself, and all tensors are as the program has them. */
export const plainLowerer: ProgramLowerer = {
  stateShape: ({ shape }) => shape,
  packState: (_, values) => values.slice(),
  unpackState: (_, packed) => packed.slice(),
  lower: lowerProgram,
}
