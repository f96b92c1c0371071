/** Turns a tensor program into ONNX nodes: every op lowers itself for the target, values become names. */
import type { OnnxGraphBuilder, OnnxLowering } from '../../../experiments/ops/onnx-lowering.ts'
import type { ProgramNode, TensorProgram, Value } from '../../../experiments/ops/program.ts'
import { opNamed } from '../../../experiments/ops/registry.ts'
import type { OnnxGraphDraft } from './onnx-graph.ts'

/**
 * Adds the nodes of `program` to `draft`.
 * @param inputNames the ONNX name of each program input
 * @returns the ONNX name of each program output, by the output's name
 */
export function lowerProgram(
  program: TensorProgram,
  draft: OnnxGraphDraft,
  inputNames: (input: string) => string,
): ReadonlyMap<string, string> {
  const names = new Map(program.inputs.map((input) => [input.value.id, inputNames(input.name)]))
  const nameOf = (value: Value): string => {
    const name = names.get(value.id)
    if (name === undefined) throw new Error(`value ${value.id} of ${program.name} has no ONNX name`)
    return name
  }
  const graph = draftMethods(draft)
  for (const node of program.nodes) {
    const outputs = lowerNode(node, graph, node.inputs.map(nameOf))
    node.outputs.forEach((output, i) => names.set(output.id, outputs[i] ?? ''))
  }
  return new Map(program.outputs.map((output) => [output.name, nameOf(output.value)]))
}

/**
 * Adds one node.
 * @param inputs the ONNX names of its inputs
 * @returns the ONNX names of its outputs
 */
export function lowerNode(node: ProgramNode, graph: OnnxGraphBuilder, inputs: readonly string[]): readonly string[] {
  const lowering: OnnxLowering<typeof node.attributes> = {
    ...graph,
    inputs,
    inputTypes: node.inputs.map((input) => input.type),
    outputTypes: node.outputs.map((output) => output.type),
    attributes: node.attributes,
  }
  return opNamed(node.op).onnx(lowering)
}

/** What ops may do with a draft. */
export function draftMethods(draft: OnnxGraphDraft): OnnxGraphBuilder {
  return {
    target: draft.target,
    node: (...call) => draft.node(...call),
    nodes: (...call) => draft.nodes(...call),
    integers: (values) => draft.integers(values),
    floats: (values, shape) => draft.floats(values, shape),
    int32s: (values, shape) => draft.int32s(values, shape),
    scalar: (value) => draft.scalar(value),
  }
}
