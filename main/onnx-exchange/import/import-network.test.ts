/** Every operator and form of it against onnxruntime: the foreign graph and what was imported of it give the same numbers. */
import { describe, expect, test } from 'vitest'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import { serialiseModel } from '../../engines/onnx/onnx-model.ts'
import { runModel } from '../../engines/onnx/run-model.ts'
import { expectClose, randomFloats } from '../close-numbers.fixture.ts'
import { exportOpset, inferenceGraph } from '../export/inference-graph.ts'
import { foreignModel, type ForeignGraph, type NodeText } from '../foreign-graph.fixture.ts'
import { readModel } from '../read/read-model.ts'
import { importNetwork, type ImportedNetwork, type ImportOptions } from './import-network.ts'

const ints = (...values: number[]) => ({ ints: values })
const float = (value: number) => ({ float: value })

function importGraph(graph: ForeignGraph, options: Partial<ImportOptions> = {}): ImportedNetwork {
  return importNetwork(readModel(foreignModel(graph), 'graph'), { what: 'graph', name: 'graph', ...options })
}

async function expectSame(graph: ForeignGraph, types: readonly string[], images = inputOf(graph), given = images) {
  const expected = (await runModel(foreignModel(graph), { x: given }))['y']
  const imported = importGraph(graph)
  const graphs = inferenceGraph(imported.document, imported.weights, { softmax: imported.ending === 'softmax' })
  const actual = Object.values(await runModel(serialiseModel(graphs, exportOpset), { images }))[0]
  expectClose(actual?.data, expected?.data ?? [], 1e-5)
  expect(imported.document.nodes.slice(1, -1).map(({ type }) => type)).toEqual(types)
  return imported
}

function inputOf({ input = ['N', 3, 8, 8] }: ForeignGraph) {
  const shape = input.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 2 : 8))
  return { shape, data: randomFloats('x', elementCount(shape)) }
}

/** `body` from x to b, then a Flatten to y. */
const flat = (nodes: readonly NodeText[], rest: Omit<ForeignGraph, 'nodes'> = {}): ForeignGraph => ({
  ...rest,
  nodes: [...nodes, ['Flatten', 'b', 'y']],
})
const one = (
  operator: string,
  attributes: NodeText[3] = {},
  rest: Omit<ForeignGraph, 'nodes'> & { inputs?: string } = {},
) => flat([[operator, `x ${rest.inputs ?? ''}`, 'b', attributes]], rest)

const kernel = { weights: { w: [4, 3, 3, 3] }, inputs: 'w' }
const pool = { kernel_shape: ints(3, 3), strides: ints(2, 2) }
const norm = { positive: { s: [3], v: [3] }, weights: { b0: [3], m: [3] }, inputs: 's b0 m v' }

const cases: readonly (readonly [title: string, graph: ForeignGraph, types: readonly string[]])[] = [
  ['convolution', one('Conv', {}, kernel), ['conv2d', 'flatten']],
  [
    'convolution with bias, pads and strides',
    one(
      'Conv',
      { pads: ints(0, 1, 2, 1), strides: ints(2, 1) },
      { weights: { w: [4, 3, 3, 3], c: [4] }, inputs: 'w c' },
    ),
    ['conv2d', 'flatten'],
  ],
  [
    'convolution, SAME_UPPER',
    one('Conv', { auto_pad: 'SAME_UPPER', strides: ints(2, 2) }, kernel),
    ['conv2d', 'flatten'],
  ],
  [
    'convolution, SAME_LOWER',
    one('Conv', { auto_pad: 'SAME_LOWER', strides: ints(3, 2) }, kernel),
    ['conv2d', 'flatten'],
  ],
  [
    'convolution, VALID, dilated',
    one('Conv', { auto_pad: 'VALID', dilations: ints(2, 3) }, kernel),
    ['conv2d', 'flatten'],
  ],
  [
    'convolution in groups',
    one('Conv', { group: 3 }, { weights: { w: [6, 1, 3, 3] }, inputs: 'w' }),
    ['conv2d', 'flatten'],
  ],
  [
    'convolution, then a known offset',
    flat(
      [
        ['Conv', 'x w', 'a'],
        ['Add', 'a o', 'b'],
      ],
      { weights: { w: [4, 3, 3, 3], o: [4, 1, 1] } },
    ),
    ['conv2d', 'flatten'],
  ],
  [
    'convolution, then factor and offset per channel',
    flat(
      [
        ['Conv', 'x w', 'a'],
        ['Mul', 'a f', 'c'],
        ['Add', 'c o', 'b'],
      ],
      { weights: { w: [4, 3, 3, 3], f: [1, 4, 1, 1], o: [4, 1, 1] } },
    ),
    ['conv2d', 'flatten'],
  ],
  [
    'a factor that does not belong to the convolution alone',
    flat(
      [
        ['Conv', 'x w', 'a'],
        ['Mul', 'a f', 'c'],
        ['Add', 'a c', 'b'],
      ],
      { weights: { w: [4, 3, 3, 3], f: [4, 1, 1] } },
    ),
    ['conv2d', 'conv2d', 'add', 'flatten'],
  ],
  [
    'one factor for all',
    flat(
      [
        ['Conv', 'x w', 'a'],
        ['Mul', 'f a', 'b'],
      ],
      { weights: { w: [4, 3, 3, 3] }, floats: { f: 0.17 } },
    ),
    ['conv2d', 'scale', 'flatten'],
  ],
  [
    'normalisation of the input',
    flat(
      [
        ['Sub', 'x m', 'a'],
        ['Div', 'a s', 'b'],
      ],
      { weights: { m: [3, 1, 1] }, positive: { s: [3, 1, 1] } },
    ),
    ['conv2d', 'flatten'],
  ],
  ['max pooling', one('MaxPool', pool), ['max-pool2d', 'flatten']],
  [
    'max pooling, ceil mode',
    one('MaxPool', { ...pool, ceil_mode: 1, pads: ints(1, 0, 0, 1) }, { opset: 10 }),
    ['max-pool2d', 'flatten'],
  ],
  [
    'max pooling of opset 7, SAME_UPPER',
    one('MaxPool', { ...pool, auto_pad: 'SAME_UPPER' }, { opset: 7 }),
    ['max-pool2d', 'flatten'],
  ],
  [
    'average pooling, SAME_LOWER',
    one('AveragePool', { ...pool, auto_pad: 'SAME_LOWER' }, { opset: 7 }),
    ['average-pool2d', 'flatten'],
  ],
  [
    'average pooling that counts padding',
    one('AveragePool', { ...pool, pads: ints(1, 1, 1, 1), count_include_pad: 1 }),
    ['average-pool2d', 'flatten'],
  ],
  [
    'average pooling that does not',
    one('AveragePool', { ...pool, pads: ints(0, 0, 1, 1) }),
    ['average-pool2d', 'flatten'],
  ],
  [
    'average pooling, ceil mode',
    one('AveragePool', { ...pool, ceil_mode: 1 }, { opset: 10 }),
    ['average-pool2d', 'flatten'],
  ],
  [
    'global pooling, squeezed',
    {
      opset: 11,
      nodes: [
        ['GlobalAveragePool', 'x', 'a'],
        ['Squeeze', 'a', 'y', { axes: ints(2, 3) }],
      ],
    },
    ['global-average-pool'],
  ],
  ['global maximum, flattened', flat([['GlobalMaxPool', 'x', 'b']]), ['global-max-pool']],
  [
    'mean over the image',
    { nodes: [['ReduceMean', 'x', 'y', { axes: ints(-1, -2), keepdims: 0 }]] },
    ['global-average-pool'],
  ],
  [
    'mean over the image, axes as input',
    { opset: 18, integers: { a: [2, 3] }, nodes: [['ReduceMean', 'x a', 'y', { keepdims: 0 }]] },
    ['global-average-pool'],
  ],
  [
    'global pooling, then a 1x1 convolution',
    flat(
      [
        ['GlobalAveragePool', 'x', 'a'],
        ['Conv', 'a w', 'b'],
      ],
      { weights: { w: [5, 3, 1, 1] } },
    ),
    ['global-average-pool', 'conv2d', 'flatten'],
  ],
  [
    'squeeze and excitation',
    flat(
      [
        ['GlobalAveragePool', 'x', 'a'],
        ['Conv', 'a w', 'c'],
        ['Sigmoid', 'c', 'd'],
        ['Mul', 'x d', 'b'],
      ],
      { weights: { w: [3, 3, 1, 1] } },
    ),
    ['global-average-pool', 'conv2d', 'sigmoid', 'multiply', 'flatten'],
  ],
  [
    'batch normalisation',
    one('BatchNormalization', { epsilon: float(1e-3) }, norm),
    ['batch-normalization', 'flatten'],
  ],
  [
    'batch normalisation of opset 7',
    one('BatchNormalization', { spatial: 1 }, { ...norm, opset: 7 }),
    ['batch-normalization', 'flatten'],
  ],
  [
    'batch normalisation, then scaled by hand',
    flat(
      [
        ['BatchNormalization', 'x s b0 m v', 'a'],
        ['Unsqueeze', 'f', 'f2', { axes: ints(1, 2) }],
        ['Mul', 'a f2', 'c'],
        ['Add', 'c f2', 'b'],
      ],
      { opset: 9, positive: { s: [3], v: [3] }, weights: { b0: [3], m: [3], f: [3] } },
    ),
    ['batch-normalization', 'flatten'],
  ],
  [
    'local response normalisation',
    one('LRN', { size: 3, alpha: float(0.1), beta: float(0.5), bias: float(2) }),
    ['local-response-normalization', 'flatten'],
  ],
  [
    'dense by Gemm',
    {
      weights: { w: [192, 5], c: [1, 5] },
      nodes: [
        ['Flatten', 'x', 'a'],
        ['Gemm', 'a w c', 'y', { alpha: float(0.5), beta: float(2) }],
      ],
    },
    ['flatten', 'dense'],
  ],
  [
    'dense by Gemm, transposed, one bias for all',
    {
      weights: { w: [5, 192] },
      floats: { c: 0.3 },
      nodes: [
        ['Flatten', 'x', 'a'],
        ['Gemm', 'a w c', 'y', { transB: 1 }],
      ],
    },
    ['flatten', 'dense'],
  ],
  [
    'dense by MatMul and Add',
    {
      weights: { w: [192, 5], c: [5] },
      nodes: [
        ['Flatten', 'x', 'a'],
        ['MatMul', 'a w', 'd'],
        ['Add', 'c d', 'y'],
      ],
    },
    ['flatten', 'dense'],
  ],
  [
    'dense on channels last',
    {
      weights: { w: [192, 5] },
      integers: { s: [-1, 192] },
      nodes: [
        ['Transpose', 'x', 't', { perm: ints(0, 2, 3, 1) }],
        ['Reshape', 't s', 'a'],
        ['MatMul', 'a w', 'y'],
      ],
    },
    ['flatten', 'dense'],
  ],
  [
    'flatten by shape arithmetic',
    {
      integers: { zero: 0, rest: [-1], axis: [0] },
      nodes: [
        ['Shape', 'x', 's'],
        ['Gather', 's zero', 'n', { axis: 0 }],
        ['Unsqueeze', 'n axis', 'n1'],
        ['Concat', 'n1 rest', 't', { axis: 0 }],
        ['Reshape', 'x t', 'y'],
      ],
    },
    ['flatten'],
  ],
  [
    'flatten by a slice of the shape',
    {
      opset: 9,
      integers: { rest: [192] },
      nodes: [
        ['Shape', 'x', 's'],
        ['Slice', 's', 'n', { axes: ints(0), starts: ints(0), ends: ints(1) }],
        ['Cast', 'n', 'n2', { to: 7 }],
        ['Concat', 'n2 rest', 't', { axis: 0 }],
        ['Reshape', 'x t', 'y'],
      ],
    },
    ['flatten'],
  ],
  [
    'flatten for a fixed batch',
    { input: [2, 3, 8, 8], integers: { s: [2, -1] }, nodes: [['Reshape', 'x s', 'y']] },
    ['flatten'],
  ],
  [
    'channel shuffle',
    flat(
      [
        ['Conv', 'x w', 'a'],
        ['Reshape', 'a s', 'c'],
        ['Transpose', 'c', 'd', { perm: ints(0, 2, 1, 3, 4) }],
        ['Reshape', 'd t', 'b'],
      ],
      { weights: { w: [6, 3, 1, 1] }, integers: { s: [0, 2, 3, 8, 8], t: [0, 6, 8, 8] } },
    ),
    ['conv2d', 'channel-shuffle', 'flatten'],
  ],
  [
    'padding as an attribute',
    flat(
      [
        ['Pad', 'x', 'a', { pads: ints(0, 0, 1, 2, 0, 1, 3, 0) }],
        ['Conv', 'a w', 'b'],
      ],
      { opset: 10, weights: { w: [4, 4, 3, 3] } },
    ),
    ['zero-pad', 'conv2d', 'flatten'],
  ],
  [
    'padding as an input, and none',
    flat(
      [
        ['Pad', 'x p zero', 'a'],
        ['Pad', 'a none', 'b'],
      ],
      { integers: { p: [0, 0, 1, 1, 0, 0, 1, 1], none: [0, 0, 0, 0, 0, 0, 0, 0] }, floats: { zero: 0 } },
    ),
    ['zero-pad', 'flatten'],
  ],
  [
    'crop',
    flat([['Slice', 'x s e a', 'b']], { integers: { s: [1, 2], e: [-2, 2 ** 31], a: [2, 3] } }),
    ['crop', 'flatten'],
  ],
  [
    'crop of opset 9',
    one('Slice', { starts: ints(1), ends: ints(7), axes: ints(3) }, { opset: 9 }),
    ['crop', 'flatten'],
  ],
  [
    'nearest up-sampling of opset 9',
    flat([['Upsample', 'x s', 'b']], { opset: 9, floats: { s: [1, 1, 2, 3] } }),
    ['upsample', 'flatten'],
  ],
  [
    'nearest resizing',
    flat(
      [
        [
          'Resize',
          'x - s',
          'b',
          { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
        ],
      ],
      { floats: { s: [1, 1, 2, 2] } },
    ),
    ['upsample', 'flatten'],
  ],
  [
    'linear resizing',
    flat([['Resize', 'x - - s', 'b', { mode: 'linear' }]], { input: [2, 3, 8, 8], integers: { s: [2, 3, 16, 16] } }),
    ['upsample', 'flatten'],
  ],
  [
    'branches that join',
    flat([
      ['Relu', 'x', 'p'],
      ['Sigmoid', 'x', 'q'],
      ['Concat', 'p q x', 'b', { axis: 1 }],
    ]),
    ['relu', 'sigmoid', 'concatenate', 'flatten'],
  ],
  [
    'sums',
    flat([
      ['Relu', 'x', 'p'],
      ['Tanh', 'x', 'q'],
      ['Sum', 'p q x', 'r'],
      ['Add', 'r r', 'b'],
    ]),
    ['relu', 'tanh', 'add', 'add', 'flatten'],
  ],
  [
    'products',
    flat([
      ['Sigmoid', 'x', 'p'],
      ['Mul', 'x p', 'b'],
    ]),
    ['sigmoid', 'multiply', 'flatten'],
  ],
  ['leaky ReLU', one('LeakyRelu', { alpha: float(0.2) }), ['leaky-relu', 'flatten']],
  ['PReLU per channel', one('PRelu', {}, { weights: { a: [3, 1, 1] }, inputs: 'a' }), ['prelu', 'flatten']],
  ['PReLU with one slope', one('PRelu', {}, { weights: { a: [1] }, inputs: 'a' }), ['prelu', 'flatten']],
  ['ELU', one('Elu', { alpha: float(0.7) }), ['elu', 'flatten']],
  ['GELU', one('Gelu', {}, { opset: 20 }), ['gelu', 'flatten']],
  ...(
    [
      ['x, then a half', ['Mul', 'x e1', 'p'], ['Mul', 'p half', 'b']],
      ['a half, then x', ['Mul', 'half e1', 'p'], ['Mul', 'x p', 'b']],
      ['a half of x', ['Mul', 'x half', 'p'], ['Mul', 'p e1', 'b']],
    ] as const
  ).map(([title, first, second]): (typeof cases)[number] => [
    `GELU without an operator: ${title}`,
    flat([['Div', 'x root', 's'], ['Erf', 's', 'e'], ['Add', 'e one', 'e1'], first, second], {
      floats: { root: Math.SQRT2, one: 1, half: 0.5 },
    }),
    ['gelu', 'flatten'],
  ]),
  ['ReLU6 of opset 10', one('Clip', { min: float(0), max: float(6) }, { opset: 10 }), ['relu6', 'flatten']],
  ['ReLU6 of opset 13', one('Clip', {}, { floats: { lo: 0, hi: 6 }, inputs: 'lo hi' }), ['relu6', 'flatten']],
  ['ReLU by Clip', one('Clip', {}, { floats: { lo: 0 }, inputs: 'lo' }), ['relu', 'flatten']],
  ['softmax over channels', one('Softmax', { axis: 1 }), ['softmax', 'flatten']],
  ['dropout of opset 7', flat([['Dropout', 'x', 'b', { ratio: float(0.3) }]], { opset: 7 }), ['dropout', 'flatten']],
  ['dropout of opset 13', flat([['Dropout', 'x r', 'b']], { floats: { r: 0.25 } }), ['dropout', 'flatten']],
  [
    'what does nothing',
    flat(
      [
        ['Identity', 'x', 'a'],
        ['Cast', 'a', 'c', { to: 1 }],
        ['Dropout', 'c zero', 'b'],
      ],
      { floats: { zero: 0 } },
    ),
    ['flatten'],
  ],
  [
    'weights that the graph makes',
    flat(
      [
        ['ConstantOfShape', 's', 'w'],
        ['Sqrt', 'v', 'w2'],
        ['Add', 'w w2', 'w3'],
        ['Transpose', 'w3', 'w4', { perm: ints(3, 2, 0, 1) }],
        ['Conv', 'x w4', 'b'],
      ],
      { integers: { s: [1, 1, 1, 4] }, positive: { v: [3, 3, 3, 4] } },
    ),
    ['conv2d', 'flatten'],
  ],
  [
    'probabilities at the end, opset 11',
    {
      opset: 11,
      nodes: [
        ['GlobalAveragePool', 'x', 'a'],
        ['Flatten', 'a', 'c'],
        ['Softmax', 'c', 'y'],
      ],
    },
    ['global-average-pool'],
  ],
  [
    'probabilities at the end, opset 13',
    {
      nodes: [
        ['Flatten', 'x', 'c'],
        ['Softmax', 'c', 'd', { axis: -1 }],
        ['Identity', 'd', 'y'],
      ],
    },
    ['flatten'],
  ],
  ['scores as one pixel', { outputRank: 4, nodes: [['GlobalAveragePool', 'x', 'y']] }, ['global-average-pool']],
]

test.each(cases)('%s', async (_title, graph, types) => {
  await expectSame(graph, types)
})

test('channels last from the input on', async () => {
  const graph: ForeignGraph = {
    input: ['N', 8, 8, 3],
    weights: { w: [4, 3, 3, 3] },
    nodes: [
      ['Transpose', 'x', 'a', { perm: ints(0, 3, 1, 2) }],
      ['Conv', 'a w', 'c'],
      ['Transpose', 'c', 'd', { perm: ints(0, 2, 3, 1) }],
      ['Transpose', 'd', 'e', { perm: ints(0, 3, 1, 2) }],
      ['Flatten', 'e', 'y'],
    ],
  }
  const images = inputOf({ nodes: [] })
  const last = new Float32Array(images.data.length)
  for (let n = 0; n < 2; n++)
    for (let p = 0; p < 64; p++)
      for (let c = 0; c < 3; c++) last[(n * 64 + p) * 3 + c] = images.data[(n * 3 + c) * 64 + p] ?? 0
  await expectSame(graph, ['conv2d', 'flatten'], images, { shape: [2, 8, 8, 3], data: last })
})

describe('what becomes of names, sizes and outputs', () => {
  test('layers are called after their weights, and so are their weights', () => {
    const weights = { 'model/layer1.0.conv1.weight': [4, 3, 3, 3], 'model/features.3.weight': [2, 4, 1, 1] }
    const nodes: readonly NodeText[] = [
      ['Conv', 'x model/layer1.0.conv1.weight', 'a'],
      ['Relu', 'a', 'c'],
      ['Conv', 'c model/features.3.weight', 'b'],
    ]
    const imported = importGraph(flat(nodes, { weights }), { name: 'my net' })
    expect(imported.document.name).toBe('my net')
    expect(imported.document.nodes.map(({ id }) => id)).toEqual([
      'input',
      'layer1.0.conv1',
      'relu1',
      'features.3',
      'flatten1',
      'classifier',
    ])
    expect(imported.weights.map(({ name }) => name)).toEqual(['layer1.0.conv1.kernel', 'features.3.kernel'])
  })

  test('the first output that can be class scores counts, others are named', () => {
    const graph = flat([['Relu', 'x', 'b']])
    const model = readModel(foreignModel(graph), 'graph')
    const twice = { ...model, outputs: [{ name: 'b', shape: undefined, isFloat: true }, ...model.outputs] }
    const { document, warnings } = importNetwork(twice, { what: 'graph', name: 'graph' })
    expect(document.nodes.at(-1)?.type).toBe('classifier')
    expect(warnings).toEqual([expect.objectContaining({ path: 'output "b"', severity: 'warning' })])
  })

  test('a free image size is asked for', () => {
    const graph = flat([['Relu', 'x', 'b']], { input: ['N', 3, 'H', 'W'] })
    expect(() => importGraph(graph)).toThrow(/leaves the height of images free: say for which size/)
    const input = { height: 6, width: 5, channels: 3 }
    expect(importGraph(graph, { input }).document.nodes[0]?.params).toEqual({ height: 6, width: 5 })
    expect(() => importGraph(flat([['Relu', 'x', 'b']]), { input })).toThrow(/height of 8, but 6 was asked for/)
  })

  test('everything that cannot be imported is named at once, and what depends on it is not', () => {
    const nodes: readonly NodeText[] = [
      ['Relu', 'x', 'a'],
      ['LSTM', 'a', 'c'],
      ['Conv', 'c w', 'd'],
      ['Softplus', 'a', 'e'],
      ['MaxPool', 'a', 'f', { kernel_shape: ints(2, 2), dilations: ints(2, 2) }],
      ['Conv', 'a w', 'g', { odd: 1 }],
      ['MatMul', 'a a', 'h'],
      ['Add', 'd e', 'b'],
    ]
    let error: unknown
    try {
      importGraph(flat(nodes, { weights: { w: [4, 3, 3, 3] } }))
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof StudioError)) throw new Error('it was not refused')
    const { issues } = error.details as unknown as { issues: { path: string; message: string }[] }
    expect(issues.map(({ path, message }) => `${path}: ${message.slice(0, 45)}`)).toEqual([
      'node 1 (LSTM): LSTM has no layer that does the same: cut the',
      'node 3 (Softplus): Softplus has no layer that does the same: cut',
      'node 4 (MaxPool): its window has dilations; the layer has none',
      'node 5 (Conv): it has an attribute "odd", which the layer ha',
      'node 6 (MatMul): its input 1 ("a") is computed by the graph, b',
    ])
  })
})
