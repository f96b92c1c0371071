/** Element-wise kernels. */
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { Kernel } from '../kernel.ts'
import { broadcastPosition, forEachIndex, stridesOf, zeros } from '../reference-tensor.ts'
import { errorFunction } from './error-function.ts'

type Numbers = Readonly<Record<string, number>>

function unary(compute: (x: number, attributes: Numbers) => number): Kernel {
  return ({ inputs, attributes }) => {
    const { shape, data } = inputAt(inputs, 0)
    return [{ shape, data: data.map((x) => compute(x, attributes as Numbers)) }]
  }
}

function binary(compute: (a: number, b: number, attributes: Numbers) => number): Kernel {
  return ({ inputs, outputTypes, attributes }) => {
    const a = inputAt(inputs, 0)
    const b = inputAt(inputs, 1)
    const output = zeros(inputAt(outputTypes, 0).shape)
    const aStrides = stridesOf(a.shape)
    const bStrides = stridesOf(b.shape)
    forEachIndex(output.shape, (index, position) => {
      const left = a.data[broadcastPosition(index, a.shape, aStrides)] ?? 0
      const right = b.data[broadcastPosition(index, b.shape, bStrides)] ?? 0
      output.data[position] = compute(left, right, attributes as Numbers)
    })
    return [output]
  }
}

const wherePositive: Kernel = ({ inputs, outputTypes }) => {
  const output = zeros(inputAt(outputTypes, 0).shape)
  const [condition, a, b] = [0, 1, 2].map((i) => {
    const { shape, data } = inputAt(inputs, i)
    const strides = stridesOf(shape)
    return (index: readonly number[]) => data[broadcastPosition(index, shape, strides)] ?? 0
  })
  forEachIndex(output.shape, (index, position) => {
    output.data[position] = ((condition?.(index) ?? 0) > 0 ? a?.(index) : b?.(index)) ?? Number.NaN
  })
  return [output]
}

export const elementwiseKernels: Readonly<Record<string, Kernel>> = {
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  equal: binary((a, b) => (a === b ? 1 : 0)),
  reluGradient: binary((dy, y) => (y > 0 ? dy : 0)),
  negate: unary((x) => -x),
  relu: unary((x) => Math.max(x, 0)),
  tanh: unary((x) => Math.tanh(x)),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  exp: unary((x) => Math.exp(x)),
  log: unary((x) => Math.log(x)),
  sqrt: unary((x) => Math.sqrt(x)),
  toFloat: unary((x) => x),
  leakyRelu: unary((x, { slope = Number.NaN }) => (x > 0 ? x : slope * x)),
  prelu: binary((x, slope) => (x > 0 ? x : slope * x)),
  elu: unary((x, { alpha = Number.NaN }) => (x > 0 ? x : alpha * Math.expm1(x))),
  erf: unary(errorFunction),
  gelu: unary((x) => (x * (1 + errorFunction(x * Math.SQRT1_2))) / 2),
  clip: unary((x, { min = Number.NaN, max = Number.NaN }) => Math.min(Math.max(x, min), max)),
  dropout: binary((x, random, { rate = Number.NaN }) => (random >= rate ? x / (1 - rate) : 0)),
  wherePositive,
}
