/** Layers that work on rows and columns say so in the user's terms when something else arrives. */
import { formatShape, type TensorType } from '../ops/tensor-type.ts'
import type { LayerProblem } from './define-layer.ts'

export function checkImages(inputs: readonly TensorType[]): readonly LayerProblem[] {
  return inputs
    .filter((input) => input.shape.length !== 4)
    .map((input) => ({
      code: 'shape-mismatch',
      message: `takes images [channels, height, width], but features ${formatShape(input.shape.slice(1))} arrive: put it before Flatten`,
    }))
}
