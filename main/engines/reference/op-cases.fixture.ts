/** Calls of every op, small enough for finite differences: what the reference, the gradients and every engine are tested on. */
import type { Attributes } from '../../../experiments/ops/attributes.ts'
import { maxPool2d } from '../../../experiments/ops/max-pool2d.ts'
import { maxPool2dGradient } from '../../../experiments/ops/max-pool2d-gradient.ts'
import type { PoolingAttributes } from '../../../experiments/ops/pooling.ts'
import { opNamed } from '../../../experiments/ops/registry.ts'
import { ProgramBuilder, type TensorProgram } from '../../../experiments/ops/program.ts'
import { elementCount, float32, type TensorType } from '../../../experiments/ops/tensor-type.ts'
import { counterRandom } from '../../../experiments/random/counter-random.ts'
import type { ReferenceTensor } from './reference-tensor.ts'

export interface OpCase {
  readonly op: string
  readonly title: string
  readonly inputs: readonly TensorType[]
  readonly attributes: Attributes
  /**
   * `normal` numbers; `positive` ones away from 0; `apart`: all different by at least 0.1 and none near 0, for ops with kinks; `ties`:
   * many equal ones, which finite differences cannot look at.
   */
  readonly values: 'normal' | 'positive' | 'apart' | 'ties'
}

function labels(count: number): TensorType {
  return { dtype: 'int32', shape: [count] }
}

function opCase(
  op: string,
  inputs: readonly TensorType[],
  attributes: Attributes = {},
  values: OpCase['values'] = 'normal',
): OpCase {
  const title = `${op} ${inputs.map((input) => `[${input.shape.join()}]`).join(' ')} ${JSON.stringify(attributes)}`
  return { op, title, inputs, attributes, values }
}

const unary = ['tanh', 'sigmoid', 'exp', 'negate'].map((op) => opCase(op, [float32(2, 3)]))
const positive = ['log', 'sqrt'].map((op) => opCase(op, [float32(2, 3)], {}, 'positive'))
const binary = ['add', 'subtract', 'multiply', 'divide'].flatMap((op) => [
  opCase(op, [float32(2, 3), float32(2, 3)], {}, 'positive'),
  opCase(op, [float32(2, 3, 4), float32(3, 1)], {}, 'positive'),
  opCase(op, [float32(), float32(2, 2)], {}, 'positive'),
  opCase(op, [float32(4, 1), float32(1, 3)], {}, 'positive'),
])
const reductions = ['reduceSum', 'reduceMean', 'reduceSumSquare'].flatMap((op) => [
  opCase(op, [float32(2, 3, 4)], { axes: [0, 2], keepAxes: false }),
  opCase(op, [float32(2, 3, 4)], { axes: [1], keepAxes: true }),
  opCase(op, [float32(2, 3)], { axes: [0, 1], keepAxes: false }),
])

const plain = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 }

/** x [N, C, H, W], filter [O, C / groups, k, k] and the size of y, for each kind of convolution. */
export const convolutionSettings = [
  { x: [2, 3, 5, 6], filter: [4, 3, 3, 2], y: [3, 5], attributes: plain },
  { x: [2, 2, 6, 5], filter: [3, 2, 3, 3], y: [6, 5], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  {
    x: [2, 2, 7, 8],
    filter: [3, 2, 3, 3],
    y: [4, 4],
    attributes: { ...plain, strides: [2, 2], padding: [1, 0, 1, 1] },
  },
  { x: [1, 2, 8, 8], filter: [2, 2, 3, 3], y: [2, 2], attributes: { ...plain, strides: [3, 3] } },
  {
    x: [1, 2, 9, 8],
    filter: [2, 2, 3, 2],
    y: [5, 6],
    attributes: { ...plain, dilations: [2, 3], padding: [0, 1, 0, 0] },
  },
  { x: [2, 4, 5, 5], filter: [6, 2, 3, 3], y: [5, 5], attributes: { ...plain, padding: [1, 1, 1, 1], groups: 2 } },
  {
    x: [2, 4, 6, 6],
    filter: [2, 2, 3, 3],
    y: [3, 3],
    attributes: { ...plain, strides: [2, 2], padding: [1, 1, 1, 1], groups: 2 },
  },
  { x: [2, 3, 5, 5], filter: [3, 1, 3, 3], y: [5, 5], attributes: { ...plain, padding: [1, 1, 1, 1], groups: 3 } },
  { x: [2, 3, 5, 5], filter: [6, 1, 3, 3], y: [5, 5], attributes: { ...plain, padding: [1, 1, 1, 1], groups: 3 } },
  { x: [3, 4, 4, 4], filter: [5, 4, 1, 1], y: [4, 4], attributes: plain },
  { x: [2, 3, 5, 5], filter: [4, 3, 1, 1], y: [3, 3], attributes: { ...plain, strides: [2, 2] } },
  { x: [2, 1, 8, 8], filter: [3, 1, 5, 5], y: [8, 8], attributes: { ...plain, padding: [2, 2, 2, 2] } },
  { x: [2, 2, 3, 3], filter: [2, 2, 2, 2], y: [6, 6], attributes: { ...plain, padding: [2, 2, 2, 2] } },
  { x: [2, 2, 4, 4], filter: [2, 2, 1, 1], y: [6, 6], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  {
    x: [2, 3, 9, 9],
    filter: [4, 3, 5, 5],
    y: [4, 4],
    attributes: { ...plain, strides: [2, 2], padding: [2, 1, 1, 2] },
  },
] as const

const convolutions = convolutionSettings.flatMap(({ x, filter, y, attributes }) => {
  const dy = float32(x[0], filter[0], ...y)
  const imageSize = x.slice(2)
  const kernel = filter.slice(2)
  return [
    opCase('conv2d', [float32(...x), float32(...filter)], { ...attributes }),
    opCase('conv2dInputGradient', [dy, float32(...filter)], { ...attributes, imageSize }),
    opCase('conv2dFilterGradient', [float32(...x), dy], { ...attributes, kernel }),
  ]
})

/** Image size, window and output size of each kind of pooling. */
const poolingSettings = [
  { size: [4, 6], y: [2, 3], attributes: { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } },
  { size: [5, 7], y: [2, 3], attributes: { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } },
  { size: [5, 7], y: [2, 3], attributes: { kernel: [3, 3], strides: [2, 2], padding: [0, 0, 0, 0] } },
  { size: [5, 5], y: [3, 3], attributes: { kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } },
  { size: [4, 5], y: [4, 5], attributes: { kernel: [3, 2], strides: [1, 1], padding: [1, 1, 1, 0] } },
  { size: [7, 7], y: [2, 3], attributes: { kernel: [2, 1], strides: [4, 3], padding: [0, 0, 0, 0] } },
  { size: [6, 6], y: [2, 2], attributes: { kernel: [3, 3], strides: [3, 3], padding: [0, 0, 0, 0] } },
] as const

const poolings = poolingSettings.flatMap(({ size, y, attributes }) => {
  const x = float32(2, 3, ...size)
  const pooled = float32(2, 3, ...y)
  const both = [false, true].flatMap((countPadding) => [
    opCase('averagePool2d', [x], { ...attributes, countPadding }),
    opCase('averagePool2dGradient', [pooled], { ...attributes, countPadding, imageSize: size }),
  ])
  return [opCase('maxPool2d', [x], attributes, 'apart'), opCase('maxPool2d', [x], attributes, 'ties'), ...both]
})

const matmuls = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) =>
    opCase('matmul', [float32(...(transposeA ? [3, 2] : [2, 3])), float32(...(transposeB ? [4, 3] : [3, 4]))], {
      transposeA,
      transposeB,
    }),
  ),
)

const channels = float32(3)
const images = float32(2, 3, 2, 2)
const normalizations = [
  opCase('batchNormalization', [images, channels, channels], { epsilon: 1e-3 }),
  opCase('batchNormalization', [float32(4, 2, 1, 1), float32(2), float32(2)], { epsilon: 1e-5 }),
  opCase(
    'batchNormalizationInference',
    [images, channels, channels, channels, channels],
    { epsilon: 1e-3 },
    'positive',
  ),
  opCase('batchNormalizationGradient', [images, images, channels, channels, channels], { epsilon: 1e-3 }, 'positive'),
  ...[
    { size: 5, alpha: 0.5, beta: 0.75, bias: 2 },
    { size: 2, alpha: 1, beta: 0.5, bias: 1 },
    { size: 4, alpha: 0.3, beta: 1.2, bias: 1 },
    { size: 1, alpha: 2, beta: 1, bias: 0.5 },
    { size: 9, alpha: 2, beta: 0.75, bias: 0.5 },
  ].flatMap((attributes) => {
    const x = float32(2, 6, 2, 3)
    return [
      opCase('localResponseNormalization', [x], attributes),
      opCase('localResponseNormalizationGradient', [x, x, x], attributes),
    ]
  }),
]
const activations = [
  opCase('leakyRelu', [float32(3, 4)], { slope: 0.1 }, 'apart'),
  opCase('prelu', [float32(2, 3, 4), float32(3, 1)], {}, 'apart'),
  opCase('prelu', [float32(2, 3), float32(3)], {}, 'apart'),
  opCase('elu', [float32(3, 4)], { alpha: 1.5 }, 'apart'),
  opCase('erf', [float32(3, 4)]),
  opCase('gelu', [float32(3, 4)]),
  opCase('softmax', [float32(3, 4)], { axis: 1 }),
  opCase('softmax', [float32(2, 3, 2, 2)], { axis: 1 }),
  opCase('clip', [float32(3, 4)], { min: -0.3, max: 0.4 }, 'apart'),
]
const joined = [
  opCase('concatenate', [float32(2, 3, 2), float32(2, 1, 2), float32(2, 2, 2)], { axis: 1 }),
  opCase('concatenate', [float32(2, 3), float32(1, 3)], { axis: 0 }),
  opCase('concatenate', [float32(2, 3)], { axis: 1 }),
  opCase('slice', [float32(2, 3, 5, 4)], { before: [0, 1, 0, 2], after: [0, 0, 3, 1] }),
  opCase('slice', [float32(3, 4)], { before: [0, 1], after: [0, 0] }),
  opCase('pad', [float32(2, 3, 2, 2)], { before: [0, 1, 0, 2], after: [0, 0, 3, 1] }),
  opCase('dropout', [float32(3, 4), float32(3, 4)], { rate: 0.6 }, 'apart'),
  opCase('dropout', [float32(2, 3, 2, 2), float32(2, 3, 1, 1)], { rate: 0.2 }, 'apart'),
]

const resampled = [
  [2, 2],
  [3, 1],
  [1, 4],
].flatMap((factor) => [
  opCase('upsampleNearest2d', [float32(2, 2, 3, 2)], { factor }),
  opCase('upsampleBilinear2d', [float32(2, 2, 3, 2)], { factor }),
  opCase('upsampleBilinear2dGradient', [float32(2, 2, 3 * (factor[0] ?? 1), 2 * (factor[1] ?? 1))], { factor }),
])
const adaptive = [
  [1, 1],
  [2, 3],
  [5, 2],
  [7, 9],
].flatMap((size) => [
  opCase('adaptiveAveragePool2d', [float32(2, 2, 5, 7)], { size }),
  opCase('adaptiveAveragePool2dGradient', [float32(2, 2, ...size)], { imageSize: [5, 7] }),
])

export const opCases: readonly OpCase[] = [
  ...resampled,
  ...adaptive,
  ...normalizations,
  ...activations,
  ...joined,
  ...unary,
  ...positive,
  ...binary,
  ...reductions,
  ...matmuls,
  ...convolutions,
  ...poolings,
  opCase('relu', [float32(3, 4)], {}, 'apart'),
  opCase('reluGradient', [float32(3, 4), float32(3, 4)], {}, 'apart'),
  opCase('conv2d', [float32(2, 2, 4, 4), float32(3, 2, 3, 3), float32(3)], plain),
  opCase('reshape', [float32(2, 3, 4)], { shape: [-1, 4] }),
  opCase('transpose', [float32(2, 3, 4)], { permutation: [2, 0, 1] }),
  opCase('broadcastTo', [float32(3, 1)], { shape: [2, 3, 4] }),
  opCase('constant', [], { dtype: 'float32', shape: [2, 2], values: [1.5, -2, 3, 4] }),
  opCase('constant', [], { dtype: 'int32', shape: [3], values: [7] }),
  opCase('softmaxCrossEntropy', [float32(4, 3), labels(4)], { smoothing: 0 }),
  opCase('softmaxCrossEntropy', [float32(4, 3), labels(4)], { smoothing: 0.1 }),
  opCase('argmax', [float32(4, 3)], {}, 'apart'),
  opCase('argmax', [float32(4, 3)], {}, 'ties'),
  opCase('equal', [labels(6), labels(6)]),
  opCase('toFloat', [labels(4)]),
  opCase('wherePositive', [float32(2, 3), float32(2, 3), float32(2, 3)], {}, 'apart'),
  opCase('wherePositive', [float32(), float32(2, 3), float32(3)], {}, 'apart'),
]

/** A program of one op; its inputs are `in0`, `in1`, ..., its outputs `out0`, ... */
export function programOf({ op, inputs, attributes }: OpCase): TensorProgram {
  const b = new ProgramBuilder(op)
  const values = inputs.map((type, i) => b.input(`in${i}`, type.dtype === 'int32' ? 'labels' : 'weight', type))
  b.emit(opNamed(op), values, attributes).forEach((value, i) => b.output(`out${i}`, 'result', value))
  return b.finish()
}

/** Values for the inputs of a case, the same on every call. */
export function inputsOf(opCase: OpCase): ReadonlyMap<string, ReferenceTensor> {
  return new Map(opCase.inputs.map((type, i) => [`in${i}`, valuesFor(type, opCase.values, i)]))
}

/** Max poolings, for what their gradient does among equal elements. */
export const maxPoolCases: readonly OpCase[] = opCases.filter(({ op }) => op === 'maxPool2d')

/** The gradient of a max pooling, with values for all of its inputs: which of equal elements receives it shows only here. */
export function maxPoolGradientOf(opCase: OpCase): {
  readonly program: TensorProgram
  readonly inputs: ReadonlyMap<string, ReferenceTensor>
} {
  const b = new ProgramBuilder('max pool gradient')
  const attributes = opCase.attributes as unknown as PoolingAttributes
  const x = b.input('in0', 'weight', opCase.inputs[0] ?? float32())
  const y = maxPool2d(b, x, attributes)
  const dy = b.input('dy', 'weight', y.type)
  b.output('dx', 'result', maxPool2dGradient(b, x, y, dy, attributes))
  const { shape } = y.type
  const count = elementCount(shape)
  const gradient = { shape, data: Float64Array.from({ length: count }, (_, i) => i - count / 3) }
  return { program: b.finish(), inputs: new Map([...inputsOf(opCase), ['dy', gradient]]) }
}

function valuesFor({ dtype, shape }: TensorType, values: OpCase['values'], index: number): ReferenceTensor {
  const random = counterRandom({ seed: 1, purpose: `op case ${values}`, index })
  const count = elementCount(shape)
  const order = Array.from({ length: count }, (_, i) => i).map((i) => ({ i, key: random.uniform() }))
  const ranks = order.toSorted((a, b) => a.key - b.key).map(({ i }) => i)
  const draw = (i: number): number => {
    if (dtype === 'int32') return random.below(3)
    if (values === 'positive') return 0.5 + 2 * random.uniform()
    if (values === 'ties') return random.below(3) - 1
    // Steps of 0.1 around 0, shifted by half a step.
    if (values === 'apart') return 0.1 * ((ranks[i] ?? 0) - Math.floor(count / 2)) + 0.05
    return random.normal()
  }
  return { shape, data: Float64Array.from({ length: count }, (_, i) => Math.fround(draw(i))) }
}
