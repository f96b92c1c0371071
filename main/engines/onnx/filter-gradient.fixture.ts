/** The filter gradient of a convolution as a graph of its own, in any of its forms. */
import { lowerFilterGradient, type FilterGradientForm } from '../../../experiments/ops/conv2d-filter-gradient-onnx.ts'
import type { FilterGradientAttributes } from '../../../experiments/ops/conv2d-filter-gradient.ts'
import type { OnnxLowering } from '../../../experiments/ops/onnx-lowering.ts'
import type { TensorType } from '../../../experiments/ops/tensor-type.ts'
import { draftMethods } from './lower-program.ts'
import { OnnxGraphDraft } from './onnx-graph.ts'
import { OnnxSession } from './onnx-session.ts'

const target = { provider: 'cpu', opset: 17, contribOps: true } as const

export interface FilterGradient {
  readonly x: TensorType
  readonly dy: TensorType
  readonly dFilter: TensorType
  readonly attributes: FilterGradientAttributes
}

/** A session with inputs `x` and `dy` and the output `dFilter`. */
export function openFilterGradient(gradient: FilterGradient, form: FilterGradientForm): Promise<OnnxSession> {
  const { x, dy, dFilter, attributes } = gradient
  const draft = new OnnxGraphDraft(target)
  const lowering: OnnxLowering<FilterGradientAttributes> = {
    ...draftMethods(draft),
    inputs: ['x', 'dy'],
    inputTypes: [x, dy],
    outputTypes: [dFilter],
    attributes,
  }
  const result = lowerFilterGradient(lowering, form)
  draft.namedNode({ operator: 'Identity', domain: '', inputs: [result], outputs: ['dFilter'], attributes: {} })
  const info = (name: string, { dtype, shape }: TensorType) => ({ name, type: dtype, shape })
  const graph = {
    name: form,
    nodes: draft.nodeList,
    initializers: draft.initializers,
    inputs: [info('x', x), info('dy', dy)],
    outputs: [info('dFilter', dFilter)],
  }
  return OnnxSession.open(graph, { provider: 'cpu', threads: 1, opset: target.opset })
}
