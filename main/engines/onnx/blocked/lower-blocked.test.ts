import type { Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { opNamed } from '../../../../experiments/ops/registry.ts'
import { ProgramBuilder, type TensorProgram, type Value } from '../../../../experiments/ops/program.ts'
import { elementCount, float32, type TensorType } from '../../../../experiments/ops/tensor-type.ts'
import type { Attributes } from '../../../../experiments/ops/attributes.ts'
import { relu } from '../../../../experiments/ops/relu.ts'
import { add } from '../../../../experiments/ops/add.ts'
import { counterRandom } from '../../../../experiments/random/counter-random.ts'
import type { ReferenceTensor } from '../../reference/reference-tensor.ts'
import { runProgram } from '../../reference/run-program.ts'
import { loadOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.ts'
import { OnnxSession } from '../onnx-session.ts'
import { singleGraph } from '../step-graph.ts'
import { detectBlockSize } from './block-size.ts'
import { layoutShape, packValues, unpackValues, type Layout } from './layout.ts'
import { blockedLowerer } from './lower-blocked.ts'
import { planLayouts } from './plan-layouts.ts'

const target = { provider: 'cpu', opset: 17, contribOps: true } as const
let runtime: OnnxRuntime
let block: number | undefined
beforeAll(async () => {
  runtime = await loadOnnxRuntime()
  block = await detectBlockSize()
})

function tensor(type: 'float32' | 'int32', data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
  return new runtime.Tensor(type, data, shape)
}

type Inputs = ReadonlyMap<string, ReferenceTensor>

/** Runs `program` in blocks; returns its results and the operators of its graph. */
async function runBlocked(program: TensorProgram, inputs: Inputs, threads = 2) {
  const size = block ?? 0
  const lowerer = blockedLowerer(planLayouts(program, size), { block: size, threads })
  const graph = singleGraph(program, target, lowerer)
  const session = await OnnxSession.open(graph, { provider: 'cpu', threads, opset: 17 })
  const feeds = program.inputs.map(({ name, role, value: { type } }) => {
    const values = inputs.get(name)?.data ?? new Float64Array()
    if (type.dtype === 'int32') return [name, tensor('int32', Int32Array.from(values), type.shape)] as const
    const entry = { name, shape: type.shape }
    const isState = role === 'weight' || role === 'state'
    const packed = isState ? lowerer.packState(entry, Float32Array.from(values)) : Float32Array.from(values)
    return [name, tensor('float32', packed, isState ? lowerer.stateShape(entry) : type.shape)] as const
  })
  const fetches = program.outputs.map(({ name, value }) => {
    const { shape } = value.type
    return [name, new runtime.Tensor('float32', new Float32Array(elementCount(shape)), shape)] as const
  })
  await session.run(Object.fromEntries(feeds), Object.fromEntries(fetches))
  await session.close()
  const results = new Map(fetches.map(([name, tensor]) => [name, tensor.data]))
  return { results, operators: graph.nodes.map((node) => `${node.domain && 'blocked '}${node.operator}`) }
}

function randomInputs(program: TensorProgram, draw: 'normal' | 'ties' = 'normal'): Inputs {
  return new Map(
    program.inputs.map(({ name, value: { type } }) => {
      const random = counterRandom({ seed: 3, purpose: name })
      const number = () => {
        if (type.dtype === 'int32') return random.below(3)
        return draw === 'ties' ? random.below(4) - 1 : Math.fround(random.normal())
      }
      return [name, { shape: type.shape, data: Float64Array.from({ length: elementCount(type.shape) }, number) }]
    }),
  )
}

async function expectReference(program: TensorProgram, inputs: Inputs, tolerance = 2e-5): Promise<readonly string[]> {
  const expected = runProgram(program, inputs)
  const { results, operators } = await runBlocked(program, inputs)
  for (const [name, { data }] of expected) {
    const values = results.get(name) ?? new Float32Array()
    const size = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length) || 1
    let worst = 0
    data.forEach((value, i) => (worst = Math.max(worst, Math.abs((values[i] ?? Number.NaN) - value))))
    expect(worst / size, name).toBeLessThan(tolerance)
  }
  return operators
}

const plain = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 }
const same = { ...plain, padding: [1, 1, 1, 1] }

/** Images x [N, C, H, W] and a filter [O, C, k, k]. */
const convolutions: readonly { x: readonly number[]; filter: readonly number[]; attributes: typeof plain }[] = [
  { x: [16, 16, 8, 8], filter: [16, 16, 3, 3], attributes: same },
  { x: [32, 32, 6, 6], filter: [48, 32, 3, 3], attributes: same },
  { x: [32, 16, 7, 5], filter: [32, 16, 3, 3], attributes: { ...same, strides: [2, 2] } },
  { x: [16, 32, 8, 8], filter: [32, 32, 3, 3], attributes: { ...same, strides: [2, 2] } },
  { x: [16, 16, 9, 8], filter: [16, 16, 5, 3], attributes: { ...plain, padding: [2, 0, 1, 1], strides: [2, 2] } },
  { x: [16, 16, 9, 9], filter: [16, 16, 7, 7], attributes: { ...plain, padding: [3, 3, 3, 3], strides: [2, 2] } },
  { x: [16, 32, 8, 8], filter: [16, 32, 1, 1], attributes: plain },
  { x: [16, 32, 8, 8], filter: [48, 32, 1, 1], attributes: { ...plain, strides: [2, 2] } },
  { x: [16, 16, 9, 9], filter: [16, 16, 1, 1], attributes: { ...plain, strides: [2, 2] } },
  { x: [16, 16, 8, 8], filter: [16, 16, 3, 3], attributes: { ...plain, strides: [3, 3] } },
  { x: [16, 16, 9, 9], filter: [16, 16, 3, 3], attributes: { ...plain, dilations: [2, 2], padding: [2, 2, 2, 2] } },
  { x: [16, 12, 8, 8], filter: [20, 12, 5, 5], attributes: { ...plain, padding: [2, 2, 2, 2] } },
  { x: [16, 7, 9, 9], filter: [16, 7, 5, 5], attributes: plain },
  { x: [12, 16, 6, 6], filter: [16, 16, 3, 3], attributes: same },
  { x: [16, 16, 6, 6], filter: [16, 16, 3, 3], attributes: { ...plain, padding: [0, 1, 1, 0] } },
  { x: [16, 1, 12, 12], filter: [7, 1, 5, 5], attributes: { ...plain, padding: [2, 2, 2, 2] } },
  { x: [16, 3, 8, 8], filter: [16, 3, 3, 3], attributes: same },
  { x: [32, 3, 16, 16], filter: [24, 3, 7, 7], attributes: { ...plain, padding: [3, 3, 3, 3], strides: [2, 2] } },
  { x: [16, 5, 9, 9], filter: [16, 5, 3, 3], attributes: { ...plain, strides: [2, 2] } },
]

const title = ({ x, filter, attributes }: (typeof convolutions)[number]) =>
  `[${x.join()}] * [${filter.join()}] ${JSON.stringify(attributes)}`

/** Images behind a ReLU of a 1x1 convolution: blocked ones, as inside of a network. */
function inside(b: ProgramBuilder, name: string, shape: readonly number[], block: number): Value {
  const channels = shape[1] ?? 1
  const source = b.input(name, 'images', float32(shape[0] ?? 1, block, ...shape.slice(2)))
  const filter = b.input(`${name} filter`, 'weight', float32(channels, block, 1, 1))
  return relu(b, emit(b, 'conv2d', [source, filter], plain))
}

function emit(b: ProgramBuilder, op: string, inputs: readonly Value[], attributes: Attributes): Value {
  return b.emit(opNamed(op), inputs, attributes)[0] as Value
}

const inputNamed = (b: ProgramBuilder, name: string, type: TensorType) => b.input(name, 'images', type)

describe('blocked lowering', () => {
  it('finds the block size of this processor', () => {
    expect([8, 16]).toContain(block)
  })

  it.each(convolutions.map((setting) => ({ setting, name: title(setting) })))(
    'convolution and its gradients: $name',
    async ({ setting: { x, filter, attributes } }) => {
      const b = new ProgramBuilder('convolution')
      const channels = x[1] ?? 1
      const isNarrow = channels < 6
      const image = isNarrow ? inputNamed(b, 'x', float32(...x)) : inside(b, 'x', x, block ?? 16)
      const weight = b.input('filter', 'weight', float32(...filter))
      const bias = b.input('bias', 'weight', float32(filter[0] ?? 1))
      const y = emit(b, 'conv2d', [image, weight, bias], attributes)
      b.output('y', 'result', y)
      const dy = inputNamed(b, 'dy', y.type)
      const kernel = filter.slice(2)
      b.output('filter gradient', 'result', emit(b, 'conv2dFilterGradient', [image, dy], { ...attributes, kernel }))
      if (!isNarrow) {
        const imageSize = x.slice(2)
        b.output('input gradient', 'result', emit(b, 'conv2dInputGradient', [dy, weight], { ...attributes, imageSize }))
      }
      b.output('bias gradient', 'result', emit(b, 'reduceSum', [dy], { axes: [0, 2, 3], keepAxes: false }))
      const operators = await expectReference(b.finish(), randomInputs(b.finish()), 5e-6)
      expect(operators).toContain('blocked Conv')
      if (attributes.dilations[0] === 1) expect(operators).not.toContain('Conv')
      expect(operators).not.toContain('ConvTranspose')
    },
  )

  const poolings = [
    { size: [8, 6], kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
    { size: [7, 5], kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
    { size: [7, 7], kernel: [3, 3], strides: [2, 2], padding: [0, 0, 0, 0] },
    { size: [8, 8], kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
    { size: [8, 8], kernel: [3, 3], strides: [2, 2], padding: [0, 1, 1, 0] },
    { size: [6, 7], kernel: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] },
    { size: [6, 7], kernel: [2, 2], strides: [1, 1], padding: [1, 1, 1, 1] },
    { size: [9, 9], kernel: [3, 3], strides: [3, 3], padding: [0, 0, 0, 0] },
    { size: [7, 9], kernel: [3, 2], strides: [2, 3], padding: [1, 0, 0, 1] },
  ]
  it.each(poolings)('max pooling $kernel / $strides of $size, $padding, also among equal elements', async (setting) => {
    const { size, ...attributes } = setting
    for (const draw of ['normal', 'ties'] as const) {
      const b = new ProgramBuilder('pooling')
      const x = inside(b, 'x', [2, 20, ...size], block ?? 16)
      const y = emit(b, 'maxPool2d', [x], attributes)
      const dy = inputNamed(b, 'dy', y.type)
      b.output('y', 'result', y)
      b.output('gradient', 'result', emit(b, 'maxPool2dGradient', [x, y, dy], attributes))
      // Few terms that are integers: sums are exact, so equal elements stay equal in both.
      const inputs = new Map(randomInputs(b.finish(), draw))
      const operators = await expectReference(b.finish(), inputs, 5e-6)
      expect(operators).not.toContain('MaxPool')
      expect(operators).not.toContain('MaxUnpool')
    }
  })

  it.each(poolings)('average pooling $kernel / $strides of $size, $padding', async (setting) => {
    const { size, ...window } = setting
    for (const countPadding of [true, false]) {
      const b = new ProgramBuilder('pooling')
      const attributes = { ...window, countPadding }
      const x = inside(b, 'x', [2, 20, ...size], block ?? 16)
      const y = emit(b, 'averagePool2d', [x], attributes)
      const dy = inputNamed(b, 'dy', y.type)
      b.output('y', 'result', y)
      const gradient = { ...attributes, imageSize: size }
      b.output('gradient', 'result', emit(b, 'averagePool2dGradient', [dy], gradient))
      await expectReference(b.finish(), randomInputs(b.finish()), 5e-6)
    }
  })

  it.each([20, 32])(
    'batch normalisation of %i channels, with a shortcut and ReLU, and all gradients',
    async (channels) => {
      const b = new ProgramBuilder('normalisation')
      const x = inside(b, 'x', [4, channels, 5, 6], block ?? 16)
      const shortcut = inside(b, 'shortcut', [4, channels, 5, 6], block ?? 16)
      const vector = (name: string) => b.input(name, 'weight', float32(channels))
      const [scale, shift] = [vector('scale'), vector('shift')]
      const epsilon = 1e-5
      const [y, mean, variance] = b.emit(opNamed('batchNormalization'), [x, scale, shift], { epsilon }) as [
        Value,
        Value,
        Value,
      ]
      const z = relu(b, add(b, y, shortcut))
      b.output('z', 'result', z)
      b.output('mean', 'result', mean)
      b.output('variance', 'result', variance)
      const dy = emit(b, 'reluGradient', [inputNamed(b, 'dy', z.type), z], {})
      const gradients = b.emit(opNamed('batchNormalizationGradient'), [dy, x, scale, mean, variance], { epsilon })
      gradients.forEach((gradient, i) => b.output(`gradient ${i}`, 'result', gradient))
      const inference = [x, scale, shift, mean, emit(b, 'multiply', [variance, variance], {})]
      b.output('inference', 'result', emit(b, 'batchNormalizationInference', inference, { epsilon }))
      const operators = await expectReference(b.finish(), randomInputs(b.finish()), 2e-5)
      // Shortcut and ReLU cost no pass of their own.
      expect(operators).not.toContain('Relu')
      expect(operators).not.toContain('BatchNormalization')
    },
  )

  it('joins, cuts, pads and averages images', async () => {
    const b = new ProgramBuilder('shapes')
    const size = block ?? 16
    const left = inside(b, 'left', [2, size, 5, 4], size)
    const right = inside(b, 'right', [2, 2 * size, 5, 4], size)
    const joined = emit(b, 'concatenate', [left, right], { axis: 1 })
    const part = emit(b, 'slice', [joined], { before: [0, size, 1, 0], after: [0, size, 0, 2] })
    const padded = emit(b, 'pad', [part], { before: [0, size, 1, 0], after: [0, 0, 0, 2] })
    const means = emit(b, 'reduceMean', [padded], { axes: [2, 3], keepAxes: true })
    b.output('padded', 'result', padded)
    b.output('repeated', 'result', emit(b, 'broadcastTo', [means], { shape: padded.type.shape }))
    b.output('squares', 'result', emit(b, 'reduceSumSquare', [joined], { axes: [0, 1, 2, 3], keepAxes: false }))
    const operators = await expectReference(b.finish(), randomInputs(b.finish()))
    expect(operators).not.toContain('Expand')
    expect(operators).not.toContain('ReduceSumSquare')
  })

  it('does not let what rounding adds leak, whatever ops make of zeros', async () => {
    const b = new ProgramBuilder('padding')
    const x = inside(b, 'x', [16, 12, 6, 6], block ?? 16)
    const y = emit(b, 'sigmoid', [x], {})
    const dy = inputNamed(b, 'dy', float32(16, 20, 6, 6))
    const filter = b.input('filter', 'weight', float32(20, 12, 1, 1))
    const one = emit(b, 'constant', [], { dtype: 'float32', shape: [], values: [1] })
    const shifted = emit(
      b,
      'divide',
      [filter, emit(b, 'add', [emit(b, 'multiply', [filter, filter], {}), one], {})],
      {},
    )
    b.output('y', 'result', emit(b, 'conv2d', [y, shifted], plain))
    b.output('filter gradient', 'result', emit(b, 'conv2dFilterGradient', [y, dy], { ...plain, kernel: [1, 1] }))
    b.output('squares', 'result', emit(b, 'reduceSumSquare', [y], { axes: [0, 1, 2, 3], keepAxes: false }))
    const operators = await expectReference(b.finish(), randomInputs(b.finish()))
    expect(operators).not.toContain('Conv')
  })

  it('leaves a convolution plain whose channels would mostly be rounding', () => {
    const b = new ProgramBuilder('few channels')
    const x = b.input('x', 'weight', float32(16, 8, 6, 6))
    const filter = b.input('filter', 'weight', float32(8, 8, 3, 3))
    b.output('y', 'result', emit(b, 'conv2d', [x, filter], same))
    expect(planLayouts(b.finish(), 16).has('filter')).toBe(false)
    expect(planLayouts(b.finish(), 8).get('filter')).toBe('filter')
  })
})

describe('layouts', () => {
  const cases: readonly [Layout, readonly number[]][] = [
    ['plain', [3, 5]],
    ['image', [2, 20, 3, 2]],
    ['filter', [20, 17, 3, 2]],
    ['narrow', [20, 3, 2, 2]],
    ['vector', [20]],
  ]
  it.each(cases)('%s of %j comes back bit by bit', (layout, shape) => {
    const random = counterRandom({ seed: 1, purpose: layout })
    const values = Float32Array.from({ length: elementCount(shape) }, () => random.normal())
    const packed = packValues(values, shape, layout, 16)
    expect(packed).toHaveLength(elementCount(layoutShape(shape, layout, 16)))
    expect(unpackValues(packed, shape, layout, 16)).toEqual(values)
    const count = packed.filter((value) => value !== 0).length
    expect(count).toBe(values.length)
  })
})
