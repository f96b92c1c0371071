/** Normalisations and their gradients, by the formulas of their definitions. */
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { LocalResponseAttributes } from '../../../../experiments/ops/local-response.ts'
import type { Kernel } from '../kernel.ts'
import { zeros, type ReferenceTensor } from '../reference-tensor.ts'

/** Positions of each channel's elements in a tensor [N, channels, height, width]. */
function channelElements(shape: readonly number[]): readonly (readonly number[])[] {
  const [batch = 0, channels = 0, height = 1, width = 1] = shape
  const positions = height * width
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: batch * positions }, (_, i) => {
      const image = Math.floor(i / positions)
      return (image * channels + channel) * positions + (i % positions)
    }),
  )
}

function at({ data }: ReferenceTensor, i: number): number {
  return data[i] ?? Number.NaN
}

function sumOf(positions: readonly number[], term: (position: number) => number): number {
  return positions.reduce((sum, position) => sum + term(position), 0)
}

const batchNormalization: Kernel = ({ inputs, attributes }) => {
  const [x, scale, shift] = [0, 1, 2].map((i) => inputAt(inputs, i)) as [
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
  ]
  const y = zeros(x.shape)
  const mean = zeros(scale.shape)
  const variance = zeros(scale.shape)
  channelElements(x.shape).forEach((positions, c) => {
    const center = sumOf(positions, (i) => at(x, i)) / positions.length
    const spread = sumOf(positions, (i) => (at(x, i) - center) ** 2) / positions.length
    mean.data[c] = center
    variance.data[c] = spread
    const deviation = Math.sqrt(spread + Number(attributes['epsilon']))
    for (const i of positions) y.data[i] = (at(scale, c) * (at(x, i) - center)) / deviation + at(shift, c)
  })
  return [y, mean, variance]
}

const batchNormalizationInference: Kernel = ({ inputs, attributes }) => {
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((i) => inputAt(inputs, i)) as [
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
  ]
  const y = zeros(x.shape)
  channelElements(x.shape).forEach((positions, c) => {
    const deviation = Math.sqrt(at(variance, c) + Number(attributes['epsilon']))
    for (const i of positions) y.data[i] = (at(scale, c) * (at(x, i) - at(mean, c))) / deviation + at(shift, c)
  })
  return [y]
}

const batchNormalizationGradient: Kernel = ({ inputs, attributes }) => {
  const [dy, x, scale, mean, variance] = [0, 1, 2, 3, 4].map((i) => inputAt(inputs, i)) as [
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
  ]
  const dx = zeros(x.shape)
  const dScale = zeros(scale.shape)
  const dShift = zeros(scale.shape)
  channelElements(x.shape).forEach((positions, c) => {
    const deviation = Math.sqrt(at(variance, c) + Number(attributes['epsilon']))
    const normalized = (i: number) => (at(x, i) - at(mean, c)) / deviation
    const shiftSum = sumOf(positions, (i) => at(dy, i))
    const scaleSum = sumOf(positions, (i) => at(dy, i) * normalized(i))
    dShift.data[c] = shiftSum
    dScale.data[c] = scaleSum
    for (const i of positions) {
      const common = (shiftSum + normalized(i) * scaleSum) / positions.length
      dx.data[i] = (at(scale, c) / deviation) * (at(dy, i) - common)
    }
  })
  return [dx, dScale, dShift]
}

/** Visits every pair of an element and a neighbour (or the element itself) whose square stands in the element's divisor. */
function forEachNeighbour(
  shape: readonly number[],
  size: number,
  visit: (position: number, neighbour: number) => void,
): void {
  const [batch = 0, channels = 0, height = 1, width = 1] = shape
  const positions = height * width
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let offset = 0; offset < size; offset++) {
        const neighbour = c - Math.floor((size - 1) / 2) + offset
        if (neighbour < 0 || neighbour >= channels) continue
        for (let p = 0; p < positions; p++)
          visit((n * channels + c) * positions + p, (n * channels + neighbour) * positions + p)
      }
}

function localSums(x: ReferenceTensor, { size, alpha, bias }: LocalResponseAttributes): Float64Array {
  const sums = new Float64Array(x.data.length).fill(bias)
  forEachNeighbour(x.shape, size, (position, neighbour) => {
    sums[position] = (sums[position] ?? 0) + (alpha / size) * at(x, neighbour) ** 2
  })
  return sums
}

const localResponseNormalization: Kernel = ({ inputs, attributes }) => {
  const x = inputAt(inputs, 0)
  const settings = attributes as unknown as LocalResponseAttributes
  const sums = localSums(x, settings)
  return [{ shape: x.shape, data: x.data.map((value, i) => value / (sums[i] ?? 0) ** settings.beta) }]
}

const localResponseNormalizationGradient: Kernel = ({ inputs, attributes }) => {
  const dy = inputAt(inputs, 0)
  const x = inputAt(inputs, 1)
  const y = inputAt(inputs, 2)
  const settings = attributes as unknown as LocalResponseAttributes
  const { size, alpha, beta } = settings
  const sums = localSums(x, settings)
  const dx = zeros(x.shape)
  dx.data.forEach((_, i) => (dx.data[i] = at(dy, i) / (sums[i] ?? 0) ** beta))
  forEachNeighbour(x.shape, size, (position, neighbour) => {
    const share = (at(dy, position) * at(y, position)) / (sums[position] ?? 0)
    dx.data[neighbour] = at(dx, neighbour) - ((2 * alpha * beta) / size) * at(x, neighbour) * share
  })
  return [dx]
}

export const normalizationKernels: Readonly<Record<string, Kernel>> = {
  batchNormalization,
  batchNormalizationInference,
  batchNormalizationGradient,
  localResponseNormalization,
  localResponseNormalizationGradient,
}
