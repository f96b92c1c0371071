/** Layers that join several inputs say in the user's terms why some do not fit. */
import { formatShape, sameShape, type TensorType } from '../ops/tensor-type.ts'
import type { LayerProblem } from './define-layer.ts'

/** Shapes as people see them, without the batch. */
function shapesOf(inputs: readonly TensorType[]): string {
  return inputs.map(({ shape }) => formatShape(shape.slice(1))).join(' and ')
}

function mismatch(message: string): readonly LayerProblem[] {
  return [{ code: 'shape-mismatch', message }]
}

export function checkSeveral(inputs: readonly TensorType[], verb: string): readonly LayerProblem[] {
  if (inputs.length >= 2) return []
  const message = `has one input only: draw a second edge to it, or remove it; there is nothing to ${verb}`
  return [{ code: 'network-structure', message }]
}

export function checkEqualShapes(inputs: readonly TensorType[], verb: string): readonly LayerProblem[] {
  const first = inputs[0]?.shape.slice(1) ?? []
  if (inputs.every(({ shape }) => sameShape(shape.slice(1), first))) return checkSeveral(inputs, verb)
  const arriving = `cannot ${verb} ${shapesOf(inputs)}`
  if (inputs.some(({ shape }) => shape.length !== first.length + 1)) {
    return mismatch(`${arriving}: put Flatten before the input that is an image`)
  }
  const sameChannels = inputs.every(({ shape }) => shape[1] === first[0])
  const advice = sameChannels
    ? 'give the branches the same strides and padding'
    : 'bring the branches to the same channels and size, for example with a 1x1 convolution of the right stride'
  return mismatch(`${arriving}: ${advice}`)
}

/** As `checkEqualShapes`, but rows and columns of 1 are repeated to the size of the others. */
export function checkRepeatable(inputs: readonly TensorType[], verb: string): readonly LayerProblem[] {
  const first = inputs[0]?.shape ?? []
  const largest = first.map((_, axis) => Math.max(...inputs.map(({ shape }) => shape[axis] ?? 0)))
  const fits = (shape: readonly number[]) =>
    shape.length === first.length && shape.every((size, axis) => size === largest[axis] || (axis >= 2 && size === 1))
  return inputs.every(({ shape }) => fits(shape)) ? checkSeveral(inputs, verb) : checkEqualShapes(inputs, verb)
}

/** Images that differ in channels only, or features. */
export function checkConcatenable(inputs: readonly TensorType[]): readonly LayerProblem[] {
  const first = inputs[0]?.shape ?? []
  if (inputs.some(({ shape }) => shape.length !== first.length)) {
    return mismatch(`cannot join ${shapesOf(inputs)}: put Flatten before the input that is an image`)
  }
  if (inputs.some(({ shape }) => !sameShape(shape.slice(2), first.slice(2)))) {
    return mismatch(
      `cannot join ${shapesOf(inputs)} along channels: height and width must be equal; give the branches the same strides and the padding "same"`,
    )
  }
  return checkSeveral(inputs, 'join')
}
