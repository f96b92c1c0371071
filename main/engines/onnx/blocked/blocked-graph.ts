/** Adds nodes of the blocked operators to a graph, and what they are made into over and over: per-channel work as depthwise convolutions. */
import { ints, type OnnxAttribute, type OnnxGraphBuilder } from '../../../../experiments/ops/onnx-lowering.ts'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'

export const blockedDomain = 'com.microsoft.nchwc'

export interface BlockedConvolution {
  readonly x: string
  readonly filter: string
  readonly kernel: readonly number[]
  /** Top, left, bottom, right. Default 0. Negative ones are refused by the runtime. */
  readonly pads?: readonly number[]
  readonly strides?: readonly number[]
  readonly dilations?: readonly number[]
  readonly group?: number
  /** Vector. */
  readonly bias?: string
  /** Image that is added. */
  readonly sum?: string
  readonly relu?: boolean
  /** y = min(1, max(0, alpha x + beta)) behind all else. */
  readonly hardSigmoid?: { readonly alpha: number; readonly beta: number }
}

export function blockedNode(
  graph: OnnxGraphBuilder,
  operator: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): string {
  return graph.node(operator, inputs, attributes, { domain: blockedDomain })
}

export function blockedConv(graph: OnnxGraphBuilder, convolution: BlockedConvolution): string {
  const { x, filter, kernel, bias = '', sum = '', relu = false, hardSigmoid } = convolution
  const { pads = [0, 0, 0, 0], strides = [1, 1], dilations = [1, 1], group = 1 } = convolution
  const optional = sum !== '' ? [bias, sum] : bias !== '' ? [bias] : []
  return blockedNode(graph, 'Conv', [x, filter, ...optional], {
    kernel_shape: ints(kernel),
    pads: ints(pads),
    strides: ints(strides),
    dilations: ints(dilations),
    group,
    auto_pad: 'NOTSET',
    ...(relu && { activation: 'Relu' }),
    ...(hardSigmoid && {
      activation: 'HardSigmoid',
      activation_params: { floats: [hardSigmoid.alpha, hardSigmoid.beta] },
    }),
  })
}

export function reshape(graph: OnnxGraphBuilder, x: string, shape: readonly number[]): string {
  return graph.node('Reshape', [x, graph.integers(shape)])
}

export function transpose(graph: OnnxGraphBuilder, x: string, permutation: readonly number[]): string {
  return graph.node('Transpose', [x], { perm: ints(permutation) })
}

/** Pads by `before` and `after` per axis. */
export function pad(
  graph: OnnxGraphBuilder,
  x: string,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): string {
  if ([...before, ...after].every((count) => count === 0)) return x
  const pads = graph.integers([...before, ...after])
  return graph.node('Pad', value === 0 ? [x, pads] : [x, pads, graph.scalar(value)])
}

/** Keeps the first `sizes` elements of the given axes. */
export function keepFirst(
  graph: OnnxGraphBuilder,
  x: string,
  axes: readonly number[],
  sizes: readonly number[],
): string {
  const zeros = graph.integers(axes.map(() => 0))
  return graph.node('Slice', [x, zeros, graph.integers(sizes), graph.integers(axes)])
}

/** One number per channel as a depthwise 1x1 convolution: y = scale x + shift. Scale is a vector; undefined leaves x as it is. */
export function channelAffine(
  graph: OnnxGraphBuilder,
  x: string,
  channels: number,
  scale: string | undefined,
  rest: Pick<BlockedConvolution, 'bias' | 'sum' | 'relu' | 'hardSigmoid'> = {},
): string {
  const filter = scale === undefined ? onesFilter(graph, channels) : reshape(graph, scale, [channels, 1, 1, 1])
  return blockedConv(graph, { x, filter, kernel: [1, 1], group: channels, ...rest })
}

function onesFilter(graph: OnnxGraphBuilder, channels: number): string {
  return graph.floats(new Float32Array(channels).fill(1), [channels, 1, 1, 1])
}

/** A depthwise filter with one number at [row, column] and zeros elsewhere. */
export function oneTapFilter(
  graph: OnnxGraphBuilder,
  channels: number,
  block: number,
  kernel: readonly number[],
  [row = 0, column = 0]: readonly number[],
  value = 1,
): string {
  const area = elementCount(kernel)
  const place = row * (kernel[1] ?? 1) + column
  const values = new Float32Array(channels * area)
  for (let group = 0; group < channels / block; group++)
    values.fill(value, (group * area + place) * block, (group * area + place + 1) * block)
  return graph.floats(values, [channels, 1, ...kernel])
}

/** Sum over images and positions: a vector. `shape` is the padded one. */
export function channelSum(graph: OnnxGraphBuilder, x: string, shape: readonly number[]): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const means = reshape(graph, blockedNode(graph, 'GlobalAveragePool', [x]), [batch, channels])
  const sum = graph.node('ReduceSum', [means, graph.integers([0])], { keepdims: 0 })
  return height * width === 1 ? sum : graph.node('Mul', [sum, graph.scalar(height * width)])
}

/** Sum of a b over images and positions: a vector. One of them is the filter of a depthwise convolution over the other, so nothing is stored between. */
export function channelDot(graph: OnnxGraphBuilder, a: string, b: string, shape: readonly number[]): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const count = batch * channels
  const products = blockedConv(graph, {
    x: reshape(graph, a, [1, count, height, width]),
    filter: reshape(graph, b, [count, 1, height, width]),
    kernel: [height, width],
    group: count,
  })
  return graph.node('ReduceSum', [reshape(graph, products, [batch, channels]), graph.integers([0])], { keepdims: 0 })
}

/** 1 where x > 0, else 0: exact for all but denormal numbers, whose product with the largest float is below 1. */
export const stepFunction = { alpha: 3.4028234663852886e38, beta: 0 }
