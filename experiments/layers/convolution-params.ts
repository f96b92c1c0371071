/** What the convolution layers share: their parameters, and how they become an op with its weights. */
import { conv2d } from '../ops/conv2d.ts'
import { spatialSize } from '../ops/convolution.ts'
import type { Value } from '../ops/program.ts'
import type { LayerBuilder } from './layer-builder.ts'
import { boolean } from './params/choices.ts'
import { initialBias, initialGain, initializer } from './params/initializer-choice.ts'
import { padding, resolvePadding } from './params/padding.ts'
import type { ParamsOf } from './params/param-kind.ts'
import { size2d } from './params/size2d.ts'

export const windowParams = {
  kernel: size2d({
    label: 'Kernel',
    help: 'Rows and columns of a filter',
    min: 1,
    max: 1024,
    unit: 'px',
    default: [3, 3],
  }),
  stride: size2d({
    label: 'Stride',
    help: 'Step between neighbouring positions',
    min: 1,
    max: 1024,
    unit: 'px',
    default: [1, 1],
  }),
  padding: padding({ label: 'Padding', help: 'Zeros around the image', default: 'same' }),
  dilation: size2d({
    label: 'Dilation',
    help: 'Distance between the pixels a filter looks at; 1 is dense',
    min: 1,
    max: 1024,
    default: [1, 1],
  }),
}

export const filterParams = {
  bias: boolean({
    label: 'Bias',
    help: 'Adds a learned number per filter; superfluous before batch normalisation',
    default: true,
  }),
  initializer: initializer('Initial weights', 'he-normal'),
  gain: initialGain(),
  initialBias: initialBias(),
}

interface Convolution extends ParamsOf<typeof windowParams>, ParamsOf<typeof filterParams> {
  readonly filters: number
  readonly groups: number
}

/** Weights: kernel [filters, channels / groups, height, width] and, with `bias`, one number per filter. */
export function lowerConvolution(b: LayerBuilder, x: Value, params: Convolution): Value {
  const { filters, kernel, stride: strides, dilation: dilations, groups, initializer: drawnFrom, gain } = params
  const channels = (x.type.shape[1] ?? 1) / groups
  const taps = kernel[0] * kernel[1]
  const fans = { fanIn: channels * taps, fanOut: (filters / groups) * taps }
  const weight = b.weight('kernel', [filters, channels, ...kernel], { initializer: drawnFrom, gain, ...fans })
  const bias = params.bias
    ? b.weight('bias', [filters], { initializer: 'constant', gain: params.initialBias, decay: false, ...fans })
    : undefined
  const edges = resolvePadding(params.padding, spatialSize(x.type), { kernel, strides, dilations })
  return conv2d(b, x, weight, { strides, dilations, padding: edges, groups }, bias)
}
