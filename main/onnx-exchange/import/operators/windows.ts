/** What convolutions and poolings share: kernel, strides, and the several ways in which ONNX says padding. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import type { Edges, Pair } from '../../../../experiments/ops/attributes.ts'
import { unsupported, type NodeCall } from '../node-call.ts'

export interface ForeignWindow {
  readonly kernel: Pair
  readonly stride: Pair
  readonly dilation: Pair
  /** Top, right, bottom, left. */
  readonly padding: Edges
}

const maxExtent = 1024

/** @param size of the image; @param kernel given by the weights, or else by `kernel_shape` */
export function readWindow(call: NodeCall, size: Pair, kernelOfWeights?: Pair): ForeignWindow {
  const kernel = pair(call, 'kernel_shape', kernelOfWeights)
  if (kernelOfWeights && (kernel[0] !== kernelOfWeights[0] || kernel[1] !== kernelOfWeights[1])) {
    throw new StudioError(
      'shape-mismatch',
      `its kernel_shape is ${kernel.join('x')}, but its weights are ${kernelOfWeights.join('x')}`,
    )
  }
  const stride = pair(call, 'strides', [1, 1])
  const dilation = pair(call, 'dilations', [1, 1])
  return { kernel, stride, dilation, padding: readPadding(call, size, { kernel, stride, dilation }) }
}

/** The shortest JSON of it. */
export function paddingParam(padding: Edges): 'valid' | number | Edges {
  if (padding.every((edge) => edge === 0)) return 'valid'
  return padding.every((edge) => edge === padding[0]) ? padding[0] : padding
}

function pair(call: NodeCall, name: string, fallback: Pair | undefined): Pair {
  const values = call.integers(name) ?? fallback
  if (!values) throw new StudioError('missing-value', `it has no ${name}`)
  const [height, width] = values
  if (height === undefined || width === undefined || values.length !== 2) {
    throw unsupported(`its ${name} has ${values.length} numbers; only two-dimensional images are read`)
  }
  const isInRange = [height, width].every((value) => value >= 1 && value <= maxExtent)
  if (!isInRange)
    throw new StudioError('out-of-range', `its ${name} is ${values.join('x')}; expected 1 to ${maxExtent}`)
  return [height, width]
}

type WindowSizes = Pick<ForeignWindow, 'kernel' | 'stride' | 'dilation'>

function readPadding(call: NodeCall, size: Pair, window: WindowSizes): Edges {
  const [top = 0, left = 0, bottom = 0, right = 0] = call.integers('pads') ?? []
  const automatic = call.text('auto_pad', 'NOTSET')
  switch (automatic) {
    case 'NOTSET':
      return checkedPadding([top, right, bottom, left])
    case 'VALID':
      return [0, 0, 0, 0]
    case 'SAME_UPPER':
    case 'SAME_LOWER': {
      const [rows, columns] = [0, 1].map((axis) => samePadding(size, window, axis as 0 | 1)) as [number, number]
      const less = [Math.floor(rows / 2), Math.floor(columns / 2)] as const
      const more = [rows - less[0], columns - less[1]] as const
      return automatic === 'SAME_UPPER' ? [less[0], more[1], more[0], less[1]] : [more[0], less[1], less[0], more[1]]
    }
    default:
      throw unsupported(`its auto_pad is "${automatic}"`)
  }
}

function checkedPadding(padding: Edges): Edges {
  if (padding.every((edge) => edge >= 0 && edge <= maxExtent)) return padding
  throw new StudioError('out-of-range', `its pads are ${padding.join(', ')}; expected 0 to ${maxExtent}`)
}

/** So much that the output has ceil(size / stride) positions. */
function samePadding(size: Pair, { kernel, stride, dilation }: WindowSizes, axis: 0 | 1): number {
  const extent = dilation[axis] * (kernel[axis] - 1) + 1
  return Math.max(0, (Math.ceil(size[axis] / stride[axis]) - 1) * stride[axis] + extent - size[axis])
}
