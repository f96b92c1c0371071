/** What the engine uses of TensorFlow.js: the same functions come with its native kernels and with those in JavaScript. */
import type * as Core from '@tensorflow/tfjs-core'

export type Tf = Pick<
  typeof Core,
  | 'add'
  | 'argMax'
  | 'broadcastTo'
  | 'cast'
  | 'clipByValue'
  | 'concat'
  | 'conv2d'
  | 'depthwiseConv2d'
  | 'div'
  | 'engine'
  | 'equal'
  | 'erf'
  | 'exp'
  | 'expm1'
  | 'fill'
  | 'greater'
  | 'greaterEqual'
  | 'keep'
  | 'log'
  | 'matMul'
  | 'max'
  | 'mean'
  | 'memory'
  | 'mul'
  | 'neg'
  | 'oneHot'
  | 'pad'
  | 'pow'
  | 'relu'
  | 'reshape'
  | 'scalar'
  | 'sigmoid'
  | 'slice'
  | 'softmax'
  | 'split'
  | 'sqrt'
  | 'square'
  | 'stridedSlice'
  | 'sub'
  | 'sum'
  | 'tanh'
  | 'tensor'
  | 'tidy'
  | 'transpose'
  | 'where'
  | 'zeros'
>

/** Runs one kernel of the backend by its name: gradients have no function of their own. */
export function runKernel(
  tf: Tf,
  name: string,
  inputs: Readonly<Record<string, Core.Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
): Core.Tensor {
  return tf.engine().runKernel(name, { ...inputs }, attributes as Core.NamedAttrMap)
}
