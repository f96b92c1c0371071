/** Resampling of images, and its transposes: every output element as a weighed sum of input elements. */
import type { Pair } from '../../../../experiments/ops/attributes.ts'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { Kernel } from '../kernel.ts'
import { zeros } from '../reference-tensor.ts'

/** The weight of input position `from` in output position `to`, along one axis of `size` elements that becomes one of `count`. */
type Weight = (from: number, to: number, size: number, count: number) => number

const nearest: Weight = (from, to, size, count) => (Math.floor((to * size) / count) === from ? 1 : 0)

/** A tent of width 2 around the position that is looked at; what lies outside of the image is moved onto its border. */
const linear: Weight = (from, to, size, count) => {
  const at = Math.min(Math.max(((to + 0.5) * size) / count - 0.5, 0), size - 1)
  return Math.max(0, 1 - Math.abs(at - from))
}

const adaptiveMean: Weight = (from, to, size, count) => {
  const start = Math.floor((to * size) / count)
  const end = Math.ceil(((to + 1) * size) / count)
  return from >= start && from < end ? 1 / (end - start) : 0
}

/** `small` and `large` are the sizes before and after; `transposed` takes the large one back. */
function resample(weight: Weight, transposed: boolean): Kernel {
  return ({ inputs, outputTypes }) => {
    const x = inputAt(inputs, 0)
    const y = zeros(inputAt(outputTypes, 0).shape)
    const before = (transposed ? y.shape : x.shape).slice(2) as unknown as Pair
    const after = (transposed ? x.shape : y.shape).slice(2) as unknown as Pair
    const [batch = 0, channels = 0] = x.shape
    for (let image = 0; image < batch * channels; image++)
      for (let p = 0; p < before[0]; p++)
        for (let q = 0; q < before[1]; q++)
          for (let i = 0; i < after[0]; i++)
            for (let j = 0; j < after[1]; j++) {
              const share = weight(p, i, before[0], after[0]) * weight(q, j, before[1], after[1])
              const source = (image * before[0] + p) * before[1] + q
              const target = (image * after[0] + i) * after[1] + j
              const [from, to] = transposed ? [target, source] : [source, target]
              y.data[to] = (y.data[to] ?? 0) + share * (x.data[from] ?? 0)
            }
    return [y]
  }
}

export const resamplingKernels: Readonly<Record<string, Kernel>> = {
  upsampleNearest2d: resample(nearest, false),
  upsampleBilinear2d: resample(linear, false),
  upsampleBilinear2dGradient: resample(linear, true),
  adaptiveAveragePool2d: resample(adaptiveMean, false),
  adaptiveAveragePool2dGradient: resample(adaptiveMean, true),
}
