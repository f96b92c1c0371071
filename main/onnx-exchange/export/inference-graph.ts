/**
 * The forward half of a network as an ONNX graph for other tools: standard operators only, the size of the batch free, weights inside, and
 * names that a person recognises: a value is called after the node of the network that makes it, a weight as in checkpoints.
 */
import { issuesError, StudioError } from '../../../experiments/errors/studio-error.ts'
import { lowerNetwork } from '../../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../../experiments/network/network-document.ts'
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { formatShape, sameShape } from '../../../experiments/ops/tensor-type.ts'
import type { NamedTensor } from '../../checkpoints/safetensors.ts'
import { optimizeProgram } from '../../compiler/passes/optimize-program.ts'
import { lowerProgram } from '../../engines/onnx/lower-program.ts'
import { OnnxGraphDraft, type OnnxGraph, type OnnxInitializer } from '../../engines/onnx/onnx-graph.ts'
import { renameValues } from './rename-values.ts'

/** Every tool of the last years reads it, and it has all operators that a network lowers to. */
export const exportOpset = 17
export const imagesName = 'images'
/** Name of the free size. */
export const batchName = 'batch'

const target: OnnxTarget = { provider: 'portable', opset: exportOpset, contribOps: false }

export interface ExportOptions {
  /** The graph ends in class probabilities instead of scores. Default false. */
  readonly softmax?: boolean
}

/** The name of the output says what it is. */
export function outputName({ softmax = false }: ExportOptions): string {
  return softmax ? 'probabilities' : 'logits'
}

/**
 * @param weights all weights and statistics of the network by name; others, such as optimizer state, are left out
 * @throws StudioError with the problems of the network, `missing-value` or `shape-mismatch` for weights of another network
 */
export function inferenceGraph(
  document: NetworkDocument,
  weights: readonly NamedTensor[],
  options: ExportOptions = {},
): OnnxGraph {
  const { graph, classes, input } = graphForBatch(document, 2, options)
  assertBatchFree(graph, graphForBatch(document, 3, options).graph, document.name)
  const used = new Set(graph.nodes.flatMap((node) => node.inputs))
  const given = new Map(weights.map((tensor) => [tensor.name, tensor]))
  const initializers = graph.weights.flatMap(({ onnx, name, shape }): OnnxInitializer[] => {
    if (!used.has(onnx)) return []
    return [{ name: onnx, type: 'float32', shape, data: weightData(given.get(name), name, shape) }]
  })
  return {
    name: document.name,
    nodes: graph.nodes,
    initializers: [...initializers, ...graph.constants],
    inputs: [{ name: imagesName, type: 'float32', shape: [batchName, ...input] }],
    outputs: [{ name: outputName(options), type: 'float32', shape: [batchName, classes] }],
  }
}

interface BatchGraph {
  readonly nodes: OnnxGraph['nodes']
  readonly constants: readonly OnnxInitializer[]
  readonly weights: readonly { readonly onnx: string; readonly name: string; readonly shape: readonly number[] }[]
}

function graphForBatch(document: NetworkDocument, batch: number, options: ExportOptions) {
  const network = lowerNetwork(document, { mode: 'inference', batch })
  const errors = network.issues.filter((issue) => issue.severity !== 'warning')
  if (errors.length > 0) throw issuesError(document.name, errors)
  const { builder, images, logits } = network
  if (!images || !logits) throw new Error(`${document.name} has neither issues nor a way from input to classifier`)
  const layerOutputs = network.nodes.flatMap(({ id, outputs }) =>
    outputs.map((value, port) => ({ key: `${id}#${port}`, name: port === 0 ? id : `${id}.${port}`, value })),
  )
  for (const { key, value } of layerOutputs) builder.output(key, 'result', value)
  builder.output('logits', 'result', logits)
  const program = optimizeProgram(builder.finish())
  const draft = new OnnxGraphDraft(target)
  const names = lowerProgram(program, draft, (input) => input)
  const scores = names.get('logits') ?? ''
  const end = options.softmax === true ? draft.node('Softmax', [scores], { axis: -1 }) : scores
  const wanted = [
    { from: imagesName, to: imagesName },
    { from: end, to: outputName(options) },
    ...weightsOf(program).map(({ name }) => ({ from: name, to: name })),
    ...layerOutputs.map(({ key, name }) => ({ from: names.get(key) ?? '', to: name })),
  ]
  const { nodes, rename } = renameValues(reachable(draft, end), wanted)
  const weights = weightsOf(program).map(({ name, value }) => ({ onnx: rename(name), name, shape: value.type.shape }))
  const isUsed = new Set(nodes.flatMap((node) => node.inputs))
  const graph: BatchGraph = {
    nodes,
    weights,
    constants: draft.initializers.filter(({ name }) => isUsed.has(name)),
  }
  return { graph, classes: logits.type.shape[1] ?? 1, input: images.type.shape.slice(1) }
}

function weightsOf(program: TensorProgram): TensorProgram['inputs'] {
  return program.inputs.filter(({ role }) => role === 'weight' || role === 'state')
}

/** Without what only layers that lead nowhere need. */
function reachable(draft: OnnxGraphDraft, end: string): OnnxGraph['nodes'] {
  const needed = new Set([end])
  const kept = draft.nodeList.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false
    for (const input of node.inputs) needed.add(input)
    return true
  })
  return kept.reverse()
}

/** A layer that writes the size of the batch into its nodes would make a file for that size alone. */
function assertBatchFree(two: BatchGraph, three: BatchGraph, name: string): void {
  const text = ({ nodes, constants }: BatchGraph): string[] => [
    ...nodes.map((node) => JSON.stringify(node)),
    ...constants.map(({ name, shape, data }) => `${name} ${shape.join()} ${data.join()}`),
  ]
  const others = text(three)
  const difference = text(two).find((line, i) => line !== others[i])
  if (difference === undefined && others.length === text(two).length) return
  throw new Error(`the ONNX form of ${name} depends on the size of the batch: ${difference?.slice(0, 200)}`)
}

function weightData(tensor: NamedTensor | undefined, name: string, shape: readonly number[]): Float32Array {
  if (!tensor)
    throw new StudioError('missing-value', `there are no values for ${name}: they are weights of another network`, {
      name,
    })
  if (sameShape(tensor.shape, shape)) return tensor.data
  throw new StudioError(
    'shape-mismatch',
    `${name} has the shape ${formatShape(shape)} in the network, but ${formatShape(tensor.shape)} in its weights`,
    { name },
  )
}
