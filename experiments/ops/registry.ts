/** Every op of the set. A new op is one file and one line here. */
import type { Attributes } from './attributes.ts'
import type { OpDefinition } from './define-op.ts'
import { adaptiveAveragePool2dGradientOp } from './adaptive-average-pool2d-gradient.ts'
import { adaptiveAveragePool2dOp } from './adaptive-average-pool2d.ts'
import { addOp } from './add.ts'
import { argmaxOp } from './argmax.ts'
import { averagePool2dGradientOp } from './average-pool2d-gradient.ts'
import { averagePool2dOp } from './average-pool2d.ts'
import { batchNormalizationGradientOp } from './batch-normalization-gradient.ts'
import { batchNormalizationInferenceOp } from './batch-normalization-inference.ts'
import { batchNormalizationOp } from './batch-normalization.ts'
import { broadcastToOp } from './broadcast-to.ts'
import { clipOp } from './clip.ts'
import { concatenateOp } from './concatenate.ts'
import { constantOp } from './constant.ts'
import { conv2dFilterGradientOp } from './conv2d-filter-gradient.ts'
import { conv2dInputGradientOp } from './conv2d-input-gradient.ts'
import { conv2dOp } from './conv2d.ts'
import { divideOp } from './divide.ts'
import { dropoutOp } from './dropout.ts'
import { eluOp } from './elu.ts'
import { equalOp } from './equal.ts'
import { erfOp } from './erf.ts'
import { expOp } from './exp.ts'
import { geluOp } from './gelu.ts'
import { leakyReluOp } from './leaky-relu.ts'
import { localResponseNormalizationGradientOp } from './local-response-normalization-gradient.ts'
import { localResponseNormalizationOp } from './local-response-normalization.ts'
import { logOp } from './log.ts'
import { matmulOp } from './matmul.ts'
import { maxPool2dGradientOp } from './max-pool2d-gradient.ts'
import { maxPool2dOp } from './max-pool2d.ts'
import { multiplyOp } from './multiply.ts'
import { negateOp } from './negate.ts'
import { padOp } from './pad.ts'
import { preluOp } from './prelu.ts'
import { reduceMeanOp } from './reduce-mean.ts'
import { reduceSumOp } from './reduce-sum.ts'
import { reduceSumSquareOp } from './reduce-sum-square.ts'
import { reluGradientOp } from './relu-gradient.ts'
import { reluOp } from './relu.ts'
import { reshapeOp } from './reshape.ts'
import { sigmoidOp } from './sigmoid.ts'
import { sliceOp } from './slice.ts'
import { softmaxCrossEntropyOp } from './softmax-cross-entropy.ts'
import { softmaxOp } from './softmax.ts'
import { sqrtOp } from './sqrt.ts'
import { subtractOp } from './subtract.ts'
import { tanhOp } from './tanh.ts'
import { toFloatOp } from './to-float.ts'
import { transposeOp } from './transpose.ts'
import { upsampleBilinear2dGradientOp } from './upsample-bilinear2d-gradient.ts'
import { upsampleBilinear2dOp } from './upsample-bilinear2d.ts'
import { upsampleNearest2dOp } from './upsample-nearest2d.ts'
import { wherePositiveOp } from './where-positive.ts'

/**
 * An op whose attribute type is forgotten. Emitting checks attributes against the op's own table, and the verifier checks
 * them again, so what its functions receive has the type they declare.
 */
function erase<A>(op: OpDefinition<A>): OpDefinition {
  return op as unknown as OpDefinition<Attributes>
}

export const ops: readonly OpDefinition[] = [
  erase(adaptiveAveragePool2dGradientOp),
  erase(adaptiveAveragePool2dOp),
  erase(addOp),
  erase(argmaxOp),
  erase(averagePool2dGradientOp),
  erase(averagePool2dOp),
  erase(batchNormalizationGradientOp),
  erase(batchNormalizationInferenceOp),
  erase(batchNormalizationOp),
  erase(broadcastToOp),
  erase(clipOp),
  erase(concatenateOp),
  erase(constantOp),
  erase(conv2dFilterGradientOp),
  erase(conv2dInputGradientOp),
  erase(conv2dOp),
  erase(divideOp),
  erase(dropoutOp),
  erase(eluOp),
  erase(equalOp),
  erase(erfOp),
  erase(expOp),
  erase(geluOp),
  erase(leakyReluOp),
  erase(localResponseNormalizationGradientOp),
  erase(localResponseNormalizationOp),
  erase(logOp),
  erase(matmulOp),
  erase(maxPool2dGradientOp),
  erase(maxPool2dOp),
  erase(multiplyOp),
  erase(negateOp),
  erase(padOp),
  erase(preluOp),
  erase(reduceMeanOp),
  erase(reduceSumOp),
  erase(reduceSumSquareOp),
  erase(reluGradientOp),
  erase(reluOp),
  erase(reshapeOp),
  erase(sigmoidOp),
  erase(sliceOp),
  erase(softmaxCrossEntropyOp),
  erase(softmaxOp),
  erase(sqrtOp),
  erase(subtractOp),
  erase(tanhOp),
  erase(toFloatOp),
  erase(transposeOp),
  erase(upsampleBilinear2dGradientOp),
  erase(upsampleBilinear2dOp),
  erase(upsampleNearest2dOp),
  erase(wherePositiveOp),
]

const byName = new Map(ops.map((op) => [op.name, op]))

/** The op of a program's node. A name that the registry lacks is a fault of whoever made the program. */
export function opNamed(name: string): OpDefinition {
  const op = byName.get(name)
  if (!op) throw new Error(`there is no op "${name}"`)
  return op
}
