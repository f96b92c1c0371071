/** Runs a tensor program op by op on TensorFlow's kernels. A value is disposed of behind the last op that reads it. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { formatShape, sameShape } from '../../../experiments/ops/tensor-type.ts'
import type { ImageTensor } from './image-tensor.ts'
import type { Kernel } from './kernel.ts'
import { convolutionKernels } from './kernels/convolutions.ts'
import { elementwiseKernels } from './kernels/elementwise.ts'
import { normalizationKernels } from './kernels/normalizations.ts'
import { poolingKernels } from './kernels/poolings.ts'
import { reductionKernels } from './kernels/reductions.ts'
import { resamplingKernels } from './kernels/resampling.ts'
import { shapeKernels } from './kernels/shape.ts'
import type { Tf } from './tf.ts'

export const tensorflowKernels: ReadonlyMap<string, Kernel> = new Map(
  [
    elementwiseKernels,
    shapeKernels,
    reductionKernels,
    convolutionKernels,
    poolingKernels,
    normalizationKernels,
    resamplingKernels,
  ].flatMap(Object.entries),
)

/**
 * @param inputs by name; they stay with the caller
 * @returns outputs by name, each to be disposed of by the caller; an output that is an input is that very tensor
 * @throws StudioError `unsupported-operation` for an op without a kernel
 */
export function runProgram(
  tf: Tf,
  program: TensorProgram,
  inputs: ReadonlyMap<string, ImageTensor>,
): ReadonlyMap<string, ImageTensor> {
  const values = new Map<number, ImageTensor>()
  const uses = new Map<number, number>()
  const given = new Set<number>()
  for (const { inputs: read } of program.nodes) for (const { id } of read) uses.set(id, (uses.get(id) ?? 0) + 1)
  for (const { value } of program.outputs) uses.set(value.id, (uses.get(value.id) ?? 0) + 1)
  for (const { name, value } of program.inputs) {
    const tensor = inputs.get(name)
    if (!tensor) throw new Error(`input ${name} of ${program.name} is missing`)
    values.set(value.id, tensor)
    given.add(value.id)
  }
  const lookup = (id: number): ImageTensor => {
    const tensor = values.get(id)
    if (!tensor) throw new Error(`value ${id} of ${program.name} is used before it is made`)
    return tensor
  }
  for (const { op, inputs: read, outputs, attributes } of program.nodes) {
    const kernel = tensorflowKernels.get(op)
    if (!kernel) throw new StudioError('unsupported-operation', `TensorFlow has no kernel for ${op}`, { op })
    const results = runOp(tf, () =>
      kernel({
        tf,
        inputs: read.map(({ id }) => lookup(id)),
        outputTypes: outputs.map(({ type }) => type),
        attributes,
      }),
    )
    outputs.forEach(({ id, type }, i) => {
      const result = results[i]
      if (!result || !sameShape(result.shape, type.shape)) {
        throw new Error(`${op} made ${formatShape(result?.shape ?? [])}, not ${formatShape(type.shape)}`)
      }
      if (uses.has(id)) values.set(id, result)
      else result.dispose()
    })
    for (const { id } of read) {
      const left = (uses.get(id) ?? 0) - 1
      uses.set(id, left)
      if (left > 0 || given.has(id)) continue
      values.get(id)?.dispose()
      values.delete(id)
    }
  }
  return new Map(program.outputs.map(({ name, value }) => [name, lookup(value.id)]))
}

/** The results outlive `tidy`, and so do other forms of the inputs that were made on the way. */
function runOp(tf: Tf, run: () => readonly ImageTensor[]): readonly ImageTensor[] {
  let results: readonly ImageTensor[] = []
  tf.tidy(() => {
    results = run().map((result) => result.keep())
  })
  return results
}
