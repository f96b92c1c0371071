import { describe, expect, it } from 'vitest'
import type { Attributes } from '../../../experiments/ops/attributes.ts'
import type { FilterGradientForm } from '../../../experiments/ops/conv2d-filter-gradient-onnx.ts'
import type { FilterGradientAttributes } from '../../../experiments/ops/conv2d-filter-gradient.ts'
import { elementCount, float32 } from '../../../experiments/ops/tensor-type.ts'
import { convolutionSettings, inputsOf, type OpCase } from '../reference/op-cases.fixture.ts'
import { convolutionKernels } from '../reference/kernels/convolutions.ts'
import { openFilterGradient } from './filter-gradient.fixture.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'

/** Which convolutions a form can do. */
const forms: Readonly<
  Record<FilterGradientForm, (attributes: FilterGradientAttributes, isDepthwise: boolean) => boolean>
> = {
  joined: () => true,
  apart: () => true,
  'by-row': ({ strides }) => strides[0] === 1,
  'by-image': ({ groups }) => groups === 1,
  depthwise: (_, isDepthwise) => isDepthwise,
}

const cases = convolutionSettings.flatMap((setting) => {
  const [, channels, ...image] = setting.x
  const [filters, groupChannels, ...kernel] = setting.filter
  const attributes = { ...setting.attributes, kernel } as unknown as FilterGradientAttributes & Attributes
  const types = {
    x: float32(...setting.x),
    dy: float32(setting.x[0], filters, ...setting.y),
    dFilter: float32(filters, groupChannels, ...kernel),
  }
  const isDepthwise = groupChannels === 1 && filters === channels
  const title = `${[channels, ...image].join('x')} ${JSON.stringify(attributes)}`
  return Object.entries(forms).flatMap(([form, can]) =>
    can(attributes, isDepthwise) ? [{ form: form as FilterGradientForm, title, attributes, ...types }] : [],
  )
})

describe('every form of the filter gradient equals the reference', () => {
  it.each(cases)('$form: $title', async ({ form, x, dy, dFilter, attributes }) => {
    const opCase: OpCase = { op: 'conv2dFilterGradient', title: '', inputs: [x, dy], attributes, values: 'normal' }
    const inputs = [...inputsOf(opCase).values()]
    const [expected] =
      convolutionKernels['conv2dFilterGradient']?.({ inputs, outputTypes: [dFilter], attributes }) ?? []
    const { Tensor } = await loadOnnxRuntime()
    const [xTensor, dyTensor] = inputs.map(({ shape, data }) => new Tensor('float32', Float32Array.from(data), shape))
    const values = new Float32Array(elementCount(dFilter.shape))
    const session = await openFilterGradient({ x, dy, dFilter, attributes }, form)
    if (!xTensor || !dyTensor || !expected) throw new Error('a case has two inputs and a result')
    await session.run({ x: xTensor, dy: dyTensor }, { dFilter: new Tensor('float32', values, dFilter.shape) })
    await session.close()
    expected.data.forEach((value, i) => {
      expect(Math.abs((values[i] ?? Number.NaN) - value), `element ${i}`).toBeLessThan(2e-5 * (1 + Math.abs(value)))
    })
  })
})
