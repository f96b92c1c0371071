/**
 * Divides each channel by the strength of its neighbours: y_c = x_c / s_c^beta with s_c = bias + alpha / size * (sum of x_j^2 over the
 * `size` channels from c - floor((size - 1) / 2) on). Krizhevsky, Sutskever, Hinton 2012, section 3.3, as ONNX defines it: the paper's
 * alpha is alpha / size here. PyTorch's neighbourhoods of even size lie one channel lower.
 */
import { defineOp, noCost } from './define-op.ts'
import { expectAxes, expectDataType, imageAxes, inputAt } from './expect-type.ts'
import { localResponseAttributes, type LocalResponseAttributes } from './local-response.ts'
import { localResponseNormalizationGradient } from './local-response-normalization-gradient.ts'
import { onnxNormalizer } from './local-response-onnx.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const localResponseNormalizationOp = defineOp({
  name: 'localResponseNormalization',
  summary: 'Divides each channel by the strength of its neighbours',
  inputs: ['x'],
  attributes: localResponseAttributes,
  shape: (inputs) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of localResponseNormalization', x, 'float32')
    expectAxes('the input of localResponseNormalization', x, imageAxes)
    return [x]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, outputs, attributes, upstream }) => [
    localResponseNormalizationGradient(b, inputAt(upstream, 0), inputAt(inputs, 0), inputAt(outputs, 0), attributes),
  ],
  onnx: (l) => {
    const { size, alpha, beta, bias } = l.attributes
    // onnxruntime's kernel refuses even sizes.
    if (l.target.provider === 'portable' && size % 2 === 1) {
      return [l.node('LRN', l.inputs, { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } })]
    }
    const x = inputAt(l.inputs, 0)
    return [l.node('Mul', [x, onnxNormalizer(l, x, inputAt(l.inputTypes, 0), l.attributes).power])]
  },
})

export function localResponseNormalization(b: OpEmitter, x: Value, attributes: LocalResponseAttributes): Value {
  return emitOne(b, localResponseNormalizationOp, [x], attributes)
}
