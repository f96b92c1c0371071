/** Gives values and nodes of an ONNX graph the names that a person knows, without ever giving two the same one. */
import type { OnnxNode } from '../../engines/onnx/onnx-graph.ts'

export interface Rename {
  readonly from: string
  readonly to: string
}

export interface Renamed {
  readonly nodes: readonly OnnxNode[]
  /** The new name of an old one. */
  readonly rename: (name: string) => string
}

/**
 * @param wanted in order of importance: the first name for a value counts, and a name that is taken gets a number
 * Values in between are called after the named value that they lead to: `block1/Mul`.
 */
export function renameValues(nodes: readonly OnnxNode[], wanted: readonly Rename[]): Renamed {
  const names = new Map<string, string>()
  const taken = new Set([''])
  const give = (from: string, to: string) => {
    if (names.has(from)) return
    let name = to
    for (let i = 2; taken.has(name); i++) name = `${to}_${i}`
    taken.add(name)
    names.set(from, name)
  }
  for (const { from, to } of wanted) give(from, to)
  const owners = ownersOf(nodes, new Map(wanted.map(({ from, to }) => [from, to] as const).reverse()))
  for (const node of nodes) {
    for (const output of node.outputs) give(output, `${owners.get(node) ?? 'network'}/${node.operator}`)
  }
  const rename = (name: string): string => names.get(name) ?? name
  const nodeNames = new Set<string>()
  const renamed = nodes.map((node): OnnxNode => {
    const stem = `${owners.get(node) ?? 'network'}/${node.operator}`
    let name = stem
    for (let i = 2; nodeNames.has(name); i++) name = `${stem}_${i}`
    nodeNames.add(name)
    return { ...node, name, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }
  })
  return { nodes: renamed, rename }
}

/** The named value that a node makes, or else that one of those who use it makes. */
function ownersOf(nodes: readonly OnnxNode[], named: ReadonlyMap<string, string>): ReadonlyMap<OnnxNode, string> {
  const owners = new Map<OnnxNode, string>()
  const ownerOfValue = new Map<string, string>()
  for (const node of nodes.toReversed()) {
    const own = node.outputs.map((output) => named.get(output) ?? ownerOfValue.get(output))
    const owner = own.find((name) => name !== undefined)
    if (owner === undefined) continue
    owners.set(node, owner)
    for (const input of node.inputs) ownerOfValue.set(input, owner)
  }
  return owners
}
