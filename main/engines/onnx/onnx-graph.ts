/** An ONNX graph as plain data, and the builder that ops lower themselves into. Protobuf comes after: see onnx-model.ts. */
import type {
  OnnxAttribute,
  OnnxGraphBuilder,
  OnnxNodeOptions,
  OnnxTarget,
} from '../../../experiments/ops/onnx-lowering.ts'
import type { DataType } from '../../../experiments/ops/tensor-type.ts'

export type OnnxElementType = DataType | 'int64' | 'float16'

export interface OnnxNode {
  /** Shown by viewers. Default: none. */
  readonly name?: string
  readonly operator: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute | { readonly graph: OnnxGraph }>>
}

export interface OnnxInitializer {
  readonly name: string
  readonly type: OnnxElementType
  readonly shape: readonly number[]
  readonly data: Float32Array | Float16Array | Int32Array | BigInt64Array
  /** The data lies in a file beside the model instead of inside of it. */
  readonly external?: { readonly location: string; readonly offset: number; readonly length: number }
}

/** A size that is a name is free: it is set by whoever runs the graph. */
export interface OnnxValueInfo {
  readonly name: string
  readonly type: OnnxElementType
  readonly shape: readonly (number | string)[]
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxInitializer[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
}

interface DraftNode extends OnnxNode {
  readonly outputs: string[]
}

/**
 * Collects nodes. The same operator on the same inputs is added once: forward and backward lowerings may each ask for a max pool and
 * get one node, with its second output only if the gradient needs it.
 */
export class OnnxGraphDraft implements OnnxGraphBuilder {
  readonly target: OnnxTarget
  private readonly drafts: DraftNode[] = []
  private readonly byKey = new Map<string, DraftNode>()
  private readonly constants = new Map<string, OnnxInitializer>()
  private readonly prefix: string
  private nextName = 0

  /** @param prefix of all names made here: names are unique over a graph and the graphs around it */
  constructor(target: OnnxTarget, prefix = '') {
    this.target = target
    this.prefix = prefix
  }

  get nodeList(): readonly OnnxNode[] {
    return this.drafts
  }

  get initializers(): readonly OnnxInitializer[] {
    return [...this.constants.values()]
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    options: OnnxNodeOptions = {},
  ): string {
    return this.nodes(operator, inputs, attributes, options)[0] ?? ''
  }

  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    options: OnnxNodeOptions,
  ): readonly string[] {
    const { domain = '', outputs = 1 } = options
    const key = JSON.stringify([operator, domain, inputs, attributes])
    const existing = this.byKey.get(key)
    const draft = existing ?? { operator, domain, inputs, attributes, outputs: [] }
    while (draft.outputs.length < outputs) draft.outputs.push(this.freshName(operator))
    if (!existing) {
      this.byKey.set(key, draft)
      this.drafts.push(draft)
    }
    return draft.outputs.slice(0, outputs)
  }

  /** Adds a node whose outputs have given names. */
  namedNode(node: OnnxNode): void {
    this.drafts.push({ ...node, outputs: [...node.outputs] })
  }

  /**
   * Gives outputs of nodes other names, in the nodes that read them as well.
   * @param names new ones by old ones
   * @returns the old names that are no output of a node and stay: inputs and constants
   */
  rename(names: ReadonlyMap<string, string>): ReadonlySet<string> {
    const made = new Set(this.drafts.flatMap((draft) => draft.outputs))
    const renamed = (name: string) => (made.has(name) ? (names.get(name) ?? name) : name)
    this.drafts.forEach((draft, i) => {
      this.drafts[i] = { ...draft, inputs: draft.inputs.map(renamed), outputs: draft.outputs.map(renamed) }
    })
    // Nodes from here on would not be found under their old inputs.
    this.byKey.clear()
    return new Set([...names.keys()].filter((name) => !made.has(name)))
  }

  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt))
  }

  floats(values: ArrayLike<number>, shape: readonly number[] = [values.length]): string {
    return this.constant('float32', shape, Float32Array.from(values))
  }

  /** Rounded to float16; what is beyond its range becomes infinite. */
  float16s(values: ArrayLike<number>, shape: readonly number[]): string {
    return this.constant('float16', shape, Float16Array.from(values))
  }

  int32s(values: ArrayLike<number>, shape: readonly number[]): string {
    return this.constant('int32', shape, Int32Array.from(values))
  }

  scalar(value: number): string {
    return this.constant('float32', [], Float32Array.of(value))
  }

  private constant(type: OnnxElementType, shape: readonly number[], data: OnnxInitializer['data']): string {
    const key = `${type}[${shape.join()}]${data.join()}`
    const existing = this.constants.get(key)
    if (existing) return existing.name
    const name = this.freshName('const')
    this.constants.set(key, { name, type, shape, data })
    return name
  }

  private freshName(stem: string): string {
    return `${this.prefix}${stem}_${this.nextName++}`
  }
}
