/** Every op that has a form for blocked tensors. A new one is one file and one line here. */
import type { BlockedForm } from '../blocked-lowering.ts'
import { add } from './add.ts'
import { averagePool2dGradient } from './average-pool2d-gradient.ts'
import { averagePool2d } from './average-pool2d.ts'
import { batchNormalizationGradient } from './batch-normalization-gradient.ts'
import { batchNormalizationInference } from './batch-normalization-inference.ts'
import { batchNormalization } from './batch-normalization.ts'
import { broadcastTo } from './broadcast-to.ts'
import { concatenate } from './concatenate.ts'
import { conv2dFilterGradient } from './conv2d-filter-gradient.ts'
import { conv2dInputGradient } from './conv2d-input-gradient.ts'
import { conv2d } from './conv2d.ts'
import { maxPool2dGradient } from './max-pool2d-gradient.ts'
import { maxPool2d } from './max-pool2d.ts'
import { pad } from './pad.ts'
import { pointwise, pointwiseOps } from './pointwise.ts'
import { reduceMean } from './reduce-mean.ts'
import { reduceSumSquare } from './reduce-sum-square.ts'
import { reduceSum } from './reduce-sum.ts'
import { reluGradient } from './relu-gradient.ts'
import { relu } from './relu.ts'
import { slice } from './slice.ts'

const own = {
  add,
  averagePool2d,
  averagePool2dGradient,
  batchNormalization,
  batchNormalizationGradient,
  batchNormalizationInference,
  broadcastTo,
  concatenate,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  maxPool2d,
  maxPool2dGradient,
  pad,
  reduceMean,
  reduceSum,
  reduceSumSquare,
  relu,
  reluGradient,
  slice,
}

/** By the name of the op. */
export const blockedForms: ReadonlyMap<string, BlockedForm> = new Map([
  ...[...pointwiseOps].map((op) => [op, pointwise] as const),
  ...Object.entries(own),
])
