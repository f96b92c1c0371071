/**
 * From an ONNX graph of others to a network document and its weights. Nodes are imported one by one, in the order of data; those that no
 * layer can stand for are all collected and named, with the reason, before the import is refused.
 */
import { issuesError, StudioError, type Issue } from '../../../experiments/errors/studio-error.ts'
import { layerOf } from '../../../experiments/layers/registry.ts'
import { readParams, writeParams } from '../../../experiments/layers/read-params.ts'
import { layeredPositions } from '../../../experiments/network/layered-positions.ts'
import { lowerNetwork, type ImageSize } from '../../../experiments/network/lower-network.ts'
import type { NetworkDocument, NetworkNode } from '../../../experiments/network/network-document.ts'
import type { NamedTensor } from '../../checkpoints/safetensors.ts'
import { TensorProto_DataType } from '../../engines/onnx/proto/onnx_pb.ts'
import { floatData, type ConstantTensor } from '../read/constant-tensor.ts'
import { nodePlace, type ForeignModel, type ForeignNode, type ForeignValue } from '../read/foreign-model.ts'
import type { Activation, Ending, ImportValue } from './import-value.ts'
import { NetworkDraft, type DraftNode } from './network-draft.ts'
import { InputFailed, NodeCall, unsupported, type CallSurroundings } from './node-call.ts'
import { knownRules } from './operators/known-values.ts'
import { operatorRules } from './operators/registry.ts'
import { readTensor } from '../read/read-tensor.ts'
import { readableNames } from './readable-names.ts'
import { recogniseGelu } from './recognise-gelu.ts'
import { isInOrder, transposeView, wholeView } from './view.ts'

export interface ImportOptions {
  /** Names the file in messages. */
  readonly what: string
  /** Of the network, where the graph has no telling one. */
  readonly name: string
  /** Size of the images, where the graph leaves it free. */
  readonly input?: ImageSize
}

export interface ImportedNetwork {
  readonly document: NetworkDocument
  /** Weights and statistics by the names that training and export give them. */
  readonly weights: readonly NamedTensor[]
  /** What stood behind the scores in the graph; the classifier takes its place. */
  readonly ending: Ending
  /** What was left out, and does not change the scores. */
  readonly warnings: readonly Issue[]
}

/** Problems that are named; a graph with more is of another kind altogether. */
const maxIssues = 1000
/** Numbers that an import may compute from weights, as a matter of seconds. What layers take as they are does not count. */
const maxComputed = 2 ** 26

/** @throws StudioError with every node that cannot be imported in `details.issues` */
export function importNetwork(model: ForeignModel, options: ImportOptions): ImportedNetwork {
  return new GraphImport(recogniseGelu(model, knownNumbers(model)), options).run()
}

/** Initializers, and what Constant nodes hold. */
function knownNumbers({ nodes, initializers }: ForeignModel): ReadonlyMap<string, ConstantTensor> {
  const numbers = new Map(initializers)
  for (const { operator, outputs, attributes } of nodes) {
    const value = operator === 'Constant' ? attributes.get('value')?.t : undefined
    const [name] = outputs
    // One that cannot be read is reported where the node is imported.
    if (
      name !== undefined &&
      value?.dataType === TensorProto_DataType.FLOAT &&
      value.dims.every((size) => size === 1n)
    ) {
      numbers.set(name, readTensor(value, name, undefined))
    }
  }
  return numbers
}

class GraphImport {
  private readonly model: ForeignModel
  private readonly options: ImportOptions
  private readonly draft = new NetworkDraft()
  private readonly values = new Map<string, ImportValue>()
  private readonly consumers: ReadonlyMap<string, readonly ForeignNode[]>
  private readonly outputs: ReadonlySet<string>
  private readonly issues: Issue[] = []
  private readonly warnings: Issue[] = []
  private computed = 0
  private batch: number | undefined

  constructor(model: ForeignModel, options: ImportOptions) {
    this.model = model
    this.options = options
    this.outputs = new Set(model.outputs.map(({ name }) => name))
    const consumers = new Map<string, ForeignNode[]>()
    for (const node of model.nodes) {
      for (const input of node.inputs) {
        const list = consumers.get(input)
        if (list) list.push(node)
        else consumers.set(input, [node])
      }
    }
    this.consumers = consumers
  }

  run(): ImportedNetwork {
    const { what } = this.options
    for (const [name, tensor] of this.model.initializers) this.values.set(name, tensor)
    this.addInput()
    if (this.issues.length > 0) throw issuesError(what, this.issues)
    for (const node of this.model.nodes) this.importNode(node)
    if (this.issues.length > 0) throw issuesError(what, this.issues)
    const { node, ending } = this.classifier()
    const kept = this.leadingTo(node)
    const { document, weights } = this.write(kept)
    const problems = lowerNetwork(document, { mode: 'inference', batch: 1 }).issues
    if (problems.some(({ severity }) => severity !== 'warning')) throw issuesError(what, problems)
    return { document, weights, ending, warnings: [...this.warnings, ...problems] }
  }

  private addInput(): void {
    const used = this.model.inputs.filter(({ name }) => this.consumers.has(name))
    const [images] = used
    for (const { name } of this.model.inputs) {
      if (!this.consumers.has(name)) this.warn(`input "${short(name)}"`, 'nothing takes it: it was left out')
    }
    if (!images || used.length > 1) {
      const found = used.map(({ name }) => `"${short(name)}"`).join(', ')
      this.report(
        'network-structure',
        'graph.input',
        `has ${used.length} inputs in use (${found}); a network has one, its images`,
      )
      return
    }
    try {
      this.values.set(images.name, this.imageInput(images))
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      this.report(error.code, `input "${short(images.name)}"`, error.message)
    }
  }

  private imageInput({ name, shape, isFloat }: ForeignValue): Activation {
    if (!isFloat) throw unsupported('it does not hold float32 numbers; prepare images outside of the graph')
    if (shape?.length !== 4) {
      const found = shape ? `[${shape.join(', ')}]` : 'no shape'
      throw unsupported(`has ${found}; images are [batch, channels, height, width]`)
    }
    const [batch, ...sizes] = shape
    this.batch = typeof batch === 'number' ? batch : undefined
    const isChannelsLast = this.takesChannelsLast(name)
    const [channels, height, width] = isChannelsLast ? [sizes[2], sizes[0], sizes[1]] : sizes
    const size = { height, width, channels }
    const given = this.options.input
    const params: Record<string, number> = {}
    for (const key of ['height', 'width', 'channels'] as const) {
      const stated = size[key]
      const value = typeof stated === 'number' ? stated : given?.[key]
      if (value === undefined) {
        throw new StudioError(
          'missing-value',
          `leaves the ${key} of images free: say for which size to import, as HEIGHTxWIDTHxCHANNELS`,
        )
      }
      if (given && given[key] !== value) {
        throw new StudioError('shape-mismatch', `has a ${key} of ${value}, but ${given[key]} was asked for`)
      }
      params[key] = value
    }
    const node = this.draft.add('input', { params })
    const view = wholeView(node.shape)
    // [channels, height, width] shown as [height, width, channels].
    return { kind: 'activation', node, view: isChannelsLast ? transposeView(view, [1, 2, 0]) : view, isOnlyUse: true }
  }

  /** Graphs from TensorFlow take [batch, height, width, channels] and turn it at once. */
  private takesChannelsLast(name: string): boolean {
    const consumers = this.consumers.get(name) ?? []
    return consumers.every(
      ({ operator, attributes }) => operator === 'Transpose' && attributes.get('perm')?.ints.join() === '0,3,1,2',
    )
  }

  private importNode(node: ForeignNode): void {
    const [first = '', ...others] = node.outputs
    let result: ImportValue = { kind: 'failed' }
    try {
      const call = new NodeCall(node, this.inputsOf(node), this.surroundings(node))
      result = this.apply(call)
      for (const output of others) {
        if (this.isUsed(output)) throw unsupported(`its output "${short(output)}" is used; only the first one is known`)
      }
      const [unread] = call.unread
      if (unread !== undefined) throw unsupported(`it has an attribute "${short(unread)}", which the layer has not`)
    } catch (error) {
      result = { kind: 'failed' }
      if (error instanceof StudioError) this.report(error.code, nodePlace(node), error.message)
      else if (!(error instanceof InputFailed)) throw error
    }
    if (first !== '') this.values.set(first, result)
    for (const output of others) if (output !== '') this.values.set(output, { kind: 'failed' })
  }

  private apply(call: NodeCall): ImportValue {
    const { operator, domain } = call.node
    const values = Array.from({ length: call.inputCount }, (_, i) => call.value(i))
    const isKnown = values.every((value) => value?.kind !== 'activation')
    const rules = domain === '' ? [...(isKnown ? [knownRules] : []), operatorRules] : []
    // The name is the file's: `constructor` is no rule.
    const rule = rules.find((table) => Object.hasOwn(table, operator))?.[operator]
    if (rule) return rule(call)
    if (domain !== '')
      throw unsupported(`operators of the domain "${short(domain)}" are not read; export with standard operators`)
    if (isKnown && values.length > 0) {
      throw unsupported(
        'it computes with constants only, in a way that is not known; fold constants before, for example with onnxsim',
      )
    }
    throw unsupported(
      `${short(operator)} has no layer that does the same: cut the graph before it, or replace it and export again`,
    )
  }

  private inputsOf(node: ForeignNode): readonly (ImportValue | undefined)[] {
    return node.inputs.map((name) => (name === '' ? undefined : this.values.get(name)))
  }

  private surroundings(node: ForeignNode): CallSurroundings {
    return {
      opset: this.model.opset,
      draft: this.draft,
      batch: this.batch,
      warn: (message) => this.warn(nodePlace(node), message),
      isUsed: (value) => this.isUsed(value),
      uses: (value) => (this.consumers.get(value)?.length ?? 0) + (this.outputs.has(value) ? 1 : 0),
      followers: (value) => this.consumers.get(value) ?? [],
      leadsOnlyToOutputs: (value) => this.leadsOnlyToOutputs(value),
      spend: (numbers) => {
        this.computed += numbers
        if (this.computed > maxComputed) {
          throw new StudioError(
            'too-large',
            `the graph computes more than ${maxComputed} numbers from its weights; fold constants before`,
          )
        }
      },
    }
  }

  private isUsed(value: string): boolean {
    return value !== '' && (this.consumers.has(value) || this.outputs.has(value))
  }

  private leadsOnlyToOutputs(value: string): boolean {
    const waiting = [value]
    const seen = new Set(waiting)
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const consumers = this.consumers.get(name) ?? []
      if (consumers.length === 0 && !this.outputs.has(name)) return false
      for (const { operator, outputs } of consumers) {
        if (!['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast'].includes(operator)) return false
        const [next] = outputs
        if (next === undefined || seen.has(next)) continue
        seen.add(next)
        waiting.push(next)
      }
    }
    return true
  }

  /** The first output that can be class scores; others are left out and named. */
  private classifier(): { readonly node: DraftNode; readonly ending: Ending } {
    const reasons: string[] = []
    for (const { name } of this.model.outputs) {
      const value = this.values.get(name)
      if (value?.kind !== 'activation') {
        reasons.push(`"${short(name)}" does not depend on the images`)
        continue
      }
      const { shape } = value.view
      if (shape.length === 0 || shape.slice(1).some((size) => size !== 1)) {
        reasons.push(`"${short(name)}" is [batch, ${shape.join(', ')}]`)
        continue
      }
      if (!isInOrder(value.view)) {
        reasons.push(`"${short(name)}" has its scores in an order that no layer gives them`)
        continue
      }
      const others = this.model.outputs.filter((output) => output.name !== name)
      for (const output of others)
        this.warn(`output "${short(output.name)}"`, 'it was left out: a network has one classifier')
      const scores = this.draft.flattened(value.node)
      return { node: this.draft.add('classifier', { inputs: [scores] }), ending: value.ending ?? 'scores' }
    }
    throw new StudioError(
      'shape-mismatch',
      `${this.options.what}: none of its outputs holds one score per class, [batch, classes]: ${reasons.join('; ')}. Networks that end in images are not trained here`,
    )
  }

  /** Nodes from which a path leads to `end`, in the order in which they were added. */
  private leadingTo(end: DraftNode): readonly DraftNode[] {
    const kept = new Set([end])
    for (const node of this.draft.nodes.toReversed())
      if (kept.has(node)) for (const input of node.inputs) kept.add(input)
    return this.draft.nodes.filter((node) => kept.has(node))
  }

  private write(nodes: readonly DraftNode[]): Pick<ImportedNetwork, 'document' | 'weights'> {
    const names = readableNames(nodes)
    const id = (node: DraftNode): string => names.get(node) ?? ''
    const edges = nodes.flatMap((node) => node.inputs.map((input) => ({ source: id(input), target: id(node) })))
    const positions = layeredPositions(nodes.map(id), edges)
    const written = nodes.map((node): NetworkNode => {
      const params = shortParams(node)
      const position = positions.get(id(node))
      return {
        id: id(node),
        type: node.type,
        ...(Object.keys(params).length > 0 && { params }),
        ...(position && { position }),
      }
    })
    const weights = nodes.flatMap((node) =>
      [...node.weights].map(([name, tensor]): NamedTensor => ({
        name: `${id(node)}.${name}`,
        shape: tensor.shape,
        data: floatData(tensor),
      })),
    )
    const document = { format: 'strata.network', version: 1, name: this.networkName(), nodes: written, edges } as const
    return { document, weights }
  }

  private networkName(): string {
    const { name, metadata } = this.model
    const isGeneric = /^(main_?graph|torch[-_ ]?(jit|export)(-export)?|graph|tf2onnx|onnx_?graph)?$/i.test(name)
    return (metadata['strata.network'] ?? (isGeneric ? this.options.name : name)).slice(0, 200)
  }

  private report(code: Issue['code'], path: string, message: string): void {
    if (this.issues.length < maxIssues) this.issues.push({ code, path, message })
  }

  private warn(path: string, message: string): void {
    this.warnings.push({ code: 'unsupported-operation', path, message, severity: 'warning' })
  }
}

/** Without defaults. */
function shortParams({ type, params }: DraftNode) {
  const layer = layerOf(type)
  if (!layer) throw new Error(`the layer ${type} is gone`)
  return writeParams(layer, readParams(layer, params, layer.version, 'params', type).params)
}

function short(text: string): string {
  return text.slice(0, 80)
}
