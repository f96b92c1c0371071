/**
 * Programs as ONNX graphs. State goes in as `NAME` and comes out as `NAME/next`. A training step exists in two forms: alone, and as the
 * body of a `Loop` that runs many steps in one call, which saves the cost of a call per step.
 */
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { InputRole, ProgramInput, ProgramOutput, TensorProgram } from '../../../experiments/ops/program.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import { OnnxGraphDraft, type OnnxGraph, type OnnxValueInfo } from './onnx-graph.ts'
import { plainLowerer, type ProgramLowerer } from './program-lowerer.ts'

export function nextName(state: string): string {
  return `${state}/next`
}

/** Inputs that stay from step to step; the others are new in every step. */
export function isState(input: { readonly role: InputRole | ProgramOutput['role'] }): boolean {
  return input.role === 'weight' || input.role === 'state'
}

/** Names of the state that a program reads. */
export function statesOf(program: TensorProgram): readonly string[] {
  return program.inputs.filter(isState).map((input) => input.name)
}

/** Names of the state that a program gives a next value. */
export function nextStates(program: TensorProgram): readonly string[] {
  return program.outputs.filter(isState).map((output) => output.name)
}

export function inputShape(program: TensorProgram, input: string): readonly number[] {
  return program.inputs.find((candidate) => candidate.name === input)?.value.type.shape ?? []
}

/** One call runs the program once. */
export function singleGraph(
  program: TensorProgram,
  target: OnnxTarget,
  lowerer: ProgramLowerer = plainLowerer,
): OnnxGraph {
  const draft = new OnnxGraphDraft(target)
  const names = lowerer.lower(program, draft, (input) => input)
  const outputs = nameOutputs(program, draft, names, lowerer)
  return {
    name: program.name,
    nodes: draft.nodeList,
    initializers: draft.initializers,
    inputs: program.inputs.map((input) => inputInfo(input, lowerer)),
    outputs,
  }
}

/** Output of a packed graph: the results of a program one behind the other. */
export const packedResults = 'results'

export interface PackedGraph {
  readonly graph: OnnxGraph
  /** Names of the scalar results in the order in which they are packed. */
  readonly results: readonly string[]
}

/** As `singleGraph`, but all results, which must be scalars, come in one tensor: each tensor that leaves a device costs a wait. */
export function packedGraph(
  program: TensorProgram,
  target: OnnxTarget,
  lowerer: ProgramLowerer = plainLowerer,
): PackedGraph {
  const draft = new OnnxGraphDraft(target)
  const names = lowerer.lower(program, draft, (input) => input)
  const results = program.outputs.filter((output) => !isState(output))
  const scalars = results.map(({ name, value }) => {
    if (elementCount(value.type.shape) !== 1) throw new Error(`the result ${name} of ${program.name} is no scalar`)
    return draft.node('Reshape', [names.get(name) ?? '', draft.integers([1])])
  })
  const carried = { ...program, outputs: program.outputs.filter(isState) }
  const outputs = nameOutputs(carried, draft, names, lowerer)
  const joined = { operator: 'Concat', domain: '', inputs: scalars, attributes: { axis: 0 } }
  if (results.length > 0) draft.namedNode({ ...joined, outputs: [packedResults] })
  const packed: OnnxValueInfo = { name: packedResults, type: 'float32', shape: [results.length] }
  const graph: OnnxGraph = {
    name: program.name,
    nodes: draft.nodeList,
    initializers: draft.initializers,
    inputs: program.inputs.map((input) => inputInfo(input, lowerer)),
    outputs: results.length > 0 ? [...outputs, packed] : outputs,
  }
  return { graph, results: results.map(({ name }) => name) }
}

const stepCount = 'steps'

/**
 * One call runs the program `steps` times: images, labels and all other inputs that are no state have a leading axis of steps, results come
 * out stacked along one. State runs from step to step inside.
 */
export function loopGraph(
  program: TensorProgram,
  target: OnnxTarget,
  lowerer: ProgramLowerer = plainLowerer,
): OnnxGraph {
  const perStep = program.inputs.filter((input) => !isState(input))
  const carried = program.outputs.filter(isState)
  const carriedInputs = carried.map((output) => findInput(program, output))
  const results = program.outputs.filter((output) => !isState(output))
  const draft = new OnnxGraphDraft(target, 'body_')
  const step = 'body_step'
  const here = new Map(perStep.map((input) => [input.name, draft.node('Gather', [input.name, step], { axis: 0 })]))
  const carriedNames = new Set(carried.map((output) => output.name))
  const names = lowerer.lower(
    program,
    draft,
    (input) => here.get(input) ?? (carriedNames.has(input) ? `body_${input}` : input),
  )
  const bodyOutputs = nameOutputs(program, draft, names, lowerer, 'body_')
  draft.namedNode({ operator: 'Identity', domain: '', inputs: ['body_go'], outputs: ['body_go_on'], attributes: {} })
  const bodyOutput = (output: ProgramOutput) => bodyOutputs[program.outputs.indexOf(output)] as OnnxValueInfo
  const body: OnnxGraph = {
    name: `${program.name} step`,
    nodes: draft.nodeList,
    initializers: draft.initializers,
    inputs: [
      { name: step, type: 'int64', shape: [] },
      { name: 'body_go', type: 'bool', shape: [] },
      ...carriedInputs.map((input) => ({ ...inputInfo(input, lowerer), name: `body_${input.name}` })),
    ],
    outputs: [{ name: 'body_go_on', type: 'bool', shape: [] }, ...carried.map(bodyOutput), ...results.map(bodyOutput)],
  }
  return {
    name: program.name,
    nodes: [
      {
        operator: 'Loop',
        domain: '',
        inputs: [stepCount, '', ...carried.map((output) => output.name)],
        outputs: [...carried.map((output) => nextName(output.name)), ...results.map((output) => output.name)],
        attributes: { body: { graph: body } },
      },
    ],
    initializers: [],
    inputs: [
      { name: stepCount, type: 'int64', shape: [] },
      ...program.inputs.map((input) =>
        isState(input) ? inputInfo(input, lowerer) : stacked(inputInfo(input, lowerer)),
      ),
    ],
    outputs: [
      ...carried.map((output) => ({ ...inputInfo(findInput(program, output), lowerer), name: nextName(output.name) })),
      ...results.map((output) =>
        stacked({ name: output.name, type: output.value.type.dtype, shape: output.value.type.shape }),
      ),
    ],
  }
}

function stacked(info: OnnxValueInfo): OnnxValueInfo {
  return { ...info, shape: [stepCount, ...info.shape] }
}

function findInput(program: TensorProgram, output: ProgramOutput): ProgramInput {
  const input = program.inputs.find((candidate) => candidate.name === output.name)
  if (!input) throw new Error(`${program.name} has a next ${output.name} but takes none`)
  return input
}

function inputInfo(input: ProgramInput, lowerer: ProgramLowerer): OnnxValueInfo {
  return { name: input.name, type: input.value.type.dtype, shape: shapeOf(input, lowerer) }
}

function shapeOf(tensor: ProgramInput | ProgramOutput, lowerer: ProgramLowerer): readonly number[] {
  const { shape } = tensor.value.type
  return isState(tensor) ? lowerer.stateShape({ name: tensor.name, shape }) : shape
}

/** Names of outputs are unique: a value that is an input, a constant or the same as an earlier output gets a node that copies it. */
function nameOutputs(
  program: TensorProgram,
  draft: OnnxGraphDraft,
  names: ReadonlyMap<string, string>,
  lowerer: ProgramLowerer,
  prefix = '',
): readonly OnnxValueInfo[] {
  const outputs = program.outputs.map((output) => ({
    source: names.get(output.name) ?? '',
    name: `${prefix}${isState(output) ? nextName(output.name) : output.name}`,
    info: { type: output.value.type.dtype, shape: shapeOf(output, lowerer) },
  }))
  const first = new Map<string, string>()
  for (const { source, name } of outputs) if (!first.has(source)) first.set(source, name)
  const notMade = draft.rename(first)
  for (const { source, name } of outputs) {
    const isNamed = first.get(source) === name && !notMade.has(source)
    if (isNamed) continue
    const copied = notMade.has(source) ? source : (first.get(source) ?? source)
    draft.namedNode({ operator: 'Identity', domain: '', inputs: [copied], outputs: [name], attributes: {} })
  }
  return outputs.map(({ name, info }) => ({ name, ...info }))
}
