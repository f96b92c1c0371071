/** What the poolings share: their parameters, and what these come to for an image. */
import type { Edges, Pair } from '../ops/attributes.ts'
import { spatialSize } from '../ops/convolution.ts'
import { inputAt } from '../ops/expect-type.ts'
import type { TensorType } from '../ops/tensor-type.ts'
import { axisPadding } from '../ops/window.ts'
import { checkImages } from './check-images.ts'
import type { LayerProblem } from './define-layer.ts'
import { boolean } from './params/choices.ts'
import { padding, resolvePadding } from './params/padding.ts'
import type { ParamsOf } from './params/param-kind.ts'
import { size2d } from './params/size2d.ts'

export const poolingParams = {
  kernel: size2d({
    label: 'Window',
    help: 'Rows and columns of the window',
    min: 1,
    max: 1024,
    unit: 'px',
    default: [2, 2],
  }),
  stride: size2d({
    label: 'Stride',
    help: 'Step between neighbouring windows; smaller than the window makes them overlap',
    min: 1,
    max: 1024,
    unit: 'px',
    default: [2, 2],
  }),
  padding: padding({
    label: 'Padding',
    help: 'Border around the image that no maximum and no mean sees',
    default: 'valid',
  }),
  ceilMode: boolean({
    label: 'Ceil mode',
    help: 'Rounds the output size up: a last window that only partly lies on the image counts too',
    default: false,
  }),
}

export type PoolingParams = ParamsOf<typeof poolingParams>

export interface PoolingEdges {
  /** As the parameter says. */
  readonly padding: Edges
  /** With what ceil mode adds at the bottom and at the right. */
  readonly extended: Edges
}

export function poolingEdges(
  { kernel, stride: strides, padding: value, ceilMode }: PoolingParams,
  image: Pair,
): PoolingEdges {
  const edges = resolvePadding(value, image, { kernel, strides, dilations: [1, 1] })
  if (!ceilMode) return { padding: edges, extended: edges }
  const [rows, columns] = ([0, 1] as const).map((axis) => {
    const [before, after] = axisPadding(edges, axis)
    const padded = image[axis] + before + after
    const rest = Math.max(0, padded - kernel[axis])
    const count = Math.ceil(rest / strides[axis]) + 1
    // A window has to begin on the image or in the padding before it, as in PyTorch.
    const used = (count - 1) * strides[axis] >= image[axis] + before ? count - 1 : count
    return Math.max(0, (used - 1) * strides[axis] + kernel[axis] - padded)
  }) as [number, number]
  return { padding: edges, extended: [edges[0], edges[1] + columns, edges[2] + rows, edges[3]] }
}

/** A window that lies in the padding only has neither maximum nor mean. */
export function checkPooling(inputs: readonly TensorType[], params: PoolingParams): readonly LayerProblem[] {
  const notImages = checkImages(inputs)
  if (notImages.length > 0) return notImages
  const { padding: edges } = poolingEdges(params, spatialSize(inputAt(inputs, 0)))
  const isTooWide = ([0, 1] as const).some((axis) =>
    axisPadding(edges, axis).some((edge) => edge >= params.kernel[axis]),
  )
  if (!isTooWide) return []
  const message = `a padding of ${edges.join(', ')} leaves windows of ${params.kernel.join('x')} without any pixel: make it smaller than the window`
  return [{ code: 'shape-mismatch', field: 'padding', message }]
}
