/** Runs a tensor program op by op in float64: the yardstick that fast engines and gradient rules are held against. */
import { computesInHalf } from '../../../experiments/ops/half-values.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { TensorProgram, Value } from '../../../experiments/ops/program.ts'
import { formatShape, sameShape } from '../../../experiments/ops/tensor-type.ts'
import type { Kernel } from './kernel.ts'
import { convolutionKernels } from './kernels/convolutions.ts'
import { elementwiseKernels } from './kernels/elementwise.ts'
import { matrixKernels } from './kernels/matrices.ts'
import { normalizationKernels } from './kernels/normalizations.ts'
import { poolingKernels } from './kernels/poolings.ts'
import { reductionKernels } from './kernels/reductions.ts'
import { resamplingKernels } from './kernels/resampling.ts'
import { shapeKernels } from './kernels/shape.ts'
import type { ReferenceTensor } from './reference-tensor.ts'

export const referenceKernels: ReadonlyMap<string, Kernel> = new Map(
  [
    elementwiseKernels,
    shapeKernels,
    reductionKernels,
    matrixKernels,
    convolutionKernels,
    poolingKernels,
    normalizationKernels,
    resamplingKernels,
  ].flatMap(Object.entries),
)

/**
 * @param inputs by name
 * @param half ids of the values that are float16: they are rounded, as is what goes into the ops that make them; see `halfValues`
 * @returns outputs by name
 * @throws StudioError `unsupported-operation` for an op without a kernel
 */
export function runProgram(
  program: TensorProgram,
  inputs: ReadonlyMap<string, ReferenceTensor>,
  half: ReadonlySet<number> = new Set(),
): ReadonlyMap<string, ReferenceTensor> {
  const values = new Map<number, ReferenceTensor>()
  for (const { name, value } of program.inputs) {
    const tensor = inputs.get(name)
    if (!tensor) throw new Error(`input ${name} of ${program.name} is missing`)
    if (!sameShape(tensor.shape, value.type.shape)) {
      throw new Error(
        `input ${name} of ${program.name} must be ${formatShape(value.type.shape)}, not ${formatShape(tensor.shape)}`,
      )
    }
    values.set(value.id, tensor)
  }
  const lookup = (value: Value): ReferenceTensor => {
    const tensor = values.get(value.id)
    if (!tensor) throw new Error(`value ${value.id} of ${program.name} is used before it is made`)
    return tensor
  }
  for (const node of program.nodes) {
    const kernel = referenceKernels.get(node.op)
    if (!kernel)
      throw new StudioError('unsupported-operation', `the reference engine has no kernel for ${node.op}`, {
        op: node.op,
      })
    const outputTypes = node.outputs.map((output) => output.type)
    const isHalf = computesInHalf(node, half)
    const taken = node.inputs.map((input) => (isHalf ? rounded(lookup(input)) : lookup(input)))
    const results = kernel({ inputs: taken, outputTypes, attributes: node.attributes })
    node.outputs.forEach((output, i) => {
      const result = results[i]
      if (!result || !sameShape(result.shape, output.type.shape))
        throw new Error(`${node.op} made another shape than it declares`)
      values.set(output.id, half.has(output.id) ? rounded(result) : result)
    })
  }
  return new Map(program.outputs.map((output) => [output.name, lookup(output.value)]))
}

/** To float16. Whole numbers up to 2048, such as labels, stay what they are. */
function rounded({ shape, data }: ReferenceTensor): ReferenceTensor {
  return { shape, data: data.map((value) => Math.f16round(value)) }
}
