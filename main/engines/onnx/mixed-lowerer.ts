/**
 * Programs in mixed precision: convolutions, matrix products and what stands between them in float16, everything else, and all that goes
 * in and comes out, in float32. Which values are which is the program's (halfValues); here a cast stands where the two meet. The lowerings
 * of ops know nothing of it: those that work in float16 get a graph whose numbers are float16.
 */
import { computesInHalf, halfValues } from '../../../experiments/ops/half-values.ts'
import { onnxFloat, onnxFloat16, type OnnxGraphBuilder } from '../../../experiments/ops/onnx-lowering.ts'
import type { TensorProgram, Value } from '../../../experiments/ops/program.ts'
import { draftMethods, lowerNode } from './lower-program.ts'
import type { OnnxGraphDraft } from './onnx-graph.ts'
import { plainLowerer, type ProgramLowerer } from './program-lowerer.ts'

/** Weights and other state are kept in float32, as they are without. */
export const mixedLowerer: ProgramLowerer = { ...plainLowerer, lower: lowerMixed }

function lowerMixed(
  program: TensorProgram,
  draft: OnnxGraphDraft,
  inputNames: (input: string) => string,
): ReadonlyMap<string, string> {
  const half = halfValues(program)
  const form = draft.target.provider === 'cpu' ? roundedForm(draft) : float16Form(draft)
  const names = new Map(program.inputs.map((input) => [input.value.id, inputNames(input.name)]))
  const nameOf = (value: Value, asHalf: boolean): string => {
    const name = names.get(value.id)
    if (name === undefined) throw new Error(`value ${value.id} of ${program.name} has no ONNX name`)
    if (value.type.dtype !== 'float32' || half.has(value.id) === asHalf) return name
    return asHalf ? form.toHalf(name, value) : form.toFloat(name)
  }
  const float32 = draftMethods(draft)
  for (const node of program.nodes) {
    const isHalf = computesInHalf(node, half)
    const inputs = node.inputs.map((input) => nameOf(input, isHalf))
    const outputs = lowerNode(node, isHalf ? form.graph : float32, inputs)
    node.outputs.forEach((output, i) => {
      const name = outputs[i] ?? ''
      names.set(output.id, half.has(output.id) ? form.made(name, output) : name)
    })
  }
  return new Map(program.outputs.map(({ name, value }) => [name, nameOf(value, false)]))
}

/** How values that are float16 lie in the graph. */
interface HalfForm {
  /** What ops that make such values add their nodes to. */
  readonly graph: OnnxGraphBuilder
  toHalf(name: string, value: Value): string
  toFloat(name: string): string
  /** What becomes of a value that an op of `graph` made. */
  made(name: string, value: Value): string
}

/** As tensors of float16. */
function float16Form(draft: OnnxGraphDraft): HalfForm {
  return {
    graph: float16Methods(draft),
    toHalf: (name) => draft.node('Cast', [name], { to: onnxFloat16 }),
    toFloat: (name) => draft.node('Cast', [name], { to: onnxFloat }),
    made: (name) => name,
  }
}

/**
 * As tensors of float32 that are rounded to float16, for onnxruntime on the processor: it has next to no kernels for float16 and computes
 * in float32 instead, but leaves out casts that follow each other, and the rounding with them. The reshape keeps them apart.
 */
function roundedForm(draft: OnnxGraphDraft): HalfForm {
  const rounded = (name: string, { type }: Value) => {
    const half = draft.node('Cast', [name], { to: onnxFloat16 })
    return draft.node('Cast', [draft.node('Reshape', [half, draft.integers(type.shape)])], { to: onnxFloat })
  }
  return { graph: draftMethods(draft), toHalf: rounded, toFloat: (name) => name, made: rounded }
}

/** A draft for ops whose tensors are float16: so are their constants, and what they turn into numbers. */
function float16Methods(draft: OnnxGraphDraft): OnnxGraphBuilder {
  const nodes: OnnxGraphBuilder['nodes'] = (operator, inputs, attributes, options) => {
    const isToFloat = operator === 'Cast' && attributes['to'] === onnxFloat
    return draft.nodes(operator, inputs, isToFloat ? { ...attributes, to: onnxFloat16 } : attributes, options)
  }
  return {
    ...draftMethods(draft),
    nodes,
    node: (operator, inputs, attributes = {}, options = {}) => nodes(operator, inputs, attributes, options)[0] ?? '',
    floats: (values, shape = [values.length]) => draft.float16s(values, shape),
    scalar: (value) => draft.float16s([value], []),
  }
}
