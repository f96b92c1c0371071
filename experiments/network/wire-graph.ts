/**
 * Wires a graph: which output feeds which input port of which node. The same rules hold for a network and for the inside of a block, whose
 * own ports are two more terminals of its graph. Collects every problem with an edge, and finds cycles.
 */
import type { Issue } from '../errors/studio-error.ts'
import type { Port } from '../layers/define-layer.ts'
import { nearestName } from '../text/nearest-name.ts'
import type { NetworkEdge } from './network-document.ts'
import { topologicalOrder } from './topological-order.ts'

/** A node as edges see it. */
export interface Terminal {
  readonly id: string
  /** What messages call it. */
  readonly title: string
  /** What it is: the title of its layer or block. */
  readonly kind: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

export interface OutputRef {
  readonly node: string
  readonly port: number
}

export interface WiredNode {
  readonly id: string
  /** Per input port, undefined where no edge ends; a variadic port has one for each of its edges, in their order. */
  readonly inputs: readonly (OutputRef | undefined)[]
}

export interface WiredGraph {
  /** In an order in which sources come first; nodes on cycles, or behind one, are left out. */
  readonly nodes: readonly WiredNode[]
  readonly issues: readonly Issue[]
}

export interface WireOptions {
  /** All ids of the graph, also of nodes that are no terminals because their type is unknown. */
  readonly ids: ReadonlySet<string>
  /** In front of the paths of issues. Default: none, the network itself. */
  readonly place?: string
}

/** The last wiring by these edges, and what it was of. */
interface KnownWiring {
  readonly terminals: readonly Terminal[]
  readonly place: string
  readonly wired: WiredGraph
}
const known = new WeakMap<readonly NetworkEdge[], KnownWiring>()

/** Made again only where edges, or what they see of nodes, changed: setting a parameter keeps the wiring, as the same object. */
export function wireGraph(
  terminals: ReadonlyMap<string, Terminal>,
  edges: readonly NetworkEdge[],
  options: WireOptions,
): WiredGraph {
  const { place = '' } = options
  const before = known.get(edges)
  const list = [...terminals.values()]
  // Where all ids are terminals, the terminals say it all.
  if (before?.place === place && options.ids.size === list.length && looksSame(before.terminals, list))
    return before.wired
  const wired = wire(terminals, edges, options)
  if (options.ids.size === list.length) known.set(edges, { terminals: list, place, wired })
  return wired
}

function looksSame(before: readonly Terminal[], now: readonly Terminal[]): boolean {
  return (
    before.length === now.length &&
    before.every((a, i) => {
      const b = now[i]
      if (a === b) return true
      return (
        a.id === b?.id && a.title === b.title && a.kind === b.kind && a.inputs === b.inputs && a.outputs === b.outputs
      )
    })
  )
}

function wire(
  terminals: ReadonlyMap<string, Terminal>,
  edges: readonly NetworkEdge[],
  { ids, place = '' }: WireOptions,
): WiredGraph {
  const wiring = new Wiring(terminals, ids, place)
  edges.forEach((edge, index) => wiring.connect(edge, index))
  const { order, blocked } = topologicalOrder([...terminals.keys()], wiring.connected)
  for (const id of findCycle(blocked, wiring.connected)) wiring.reportCycle(id)
  return { nodes: order.map((id) => ({ id, inputs: wiring.inputsOf(id) })), issues: wiring.issues }
}

class Wiring {
  readonly issues: Issue[] = []
  /** The edges that lead from a port to a port. */
  readonly connected: NetworkEdge[] = []
  private readonly terminals: ReadonlyMap<string, Terminal>
  private readonly ids: ReadonlySet<string>
  private readonly place: string
  private readonly inputs: ReadonlyMap<string, (OutputRef | undefined)[]>

  constructor(terminals: ReadonlyMap<string, Terminal>, ids: ReadonlySet<string>, place: string) {
    this.terminals = terminals
    this.ids = ids
    this.place = place
    this.inputs = new Map([...terminals].map(([id, terminal]) => [id, terminal.inputs.map(() => undefined)]))
  }

  inputsOf(id: string): readonly (OutputRef | undefined)[] {
    return this.inputs.get(id) ?? []
  }

  connect(edge: NetworkEdge, index: number): void {
    const report = (field: string, message: string) => this.report(edge, index, field, message)
    for (const field of ['source', 'target'] as const) {
      if (this.ids.has(edge[field])) continue
      const nearest = nearestName(edge[field], [...this.ids])
      report(field, `there is no node "${edge[field]}"${nearest ? `; did you mean "${nearest}"?` : ''}`)
    }
    const source = this.terminals.get(edge.source)
    const target = this.terminals.get(edge.target)
    const inputs = this.inputs.get(edge.target)
    if (!source || !target || !inputs) return
    const output = findPort(source.outputs, edge.sourcePort)
    const input = findPort(target.inputs, edge.targetPort)
    if (output < 0) report('sourcePort', portMessage(source, 'output', source.outputs, edge.sourcePort))
    if (input < 0) report('targetPort', portMessage(target, 'input', target.inputs, edge.targetPort))
    if (output < 0 || input < 0) return
    this.connected.push(edge)
    const ref = { node: edge.source, port: output }
    if (!inputs[input]) inputs[input] = ref
    else if (target.inputs[input]?.variadic) inputs.push(ref)
    else report('target', `${target.title} gets two edges at its input: it takes one; join the branches first`)
  }

  reportCycle(id: string): void {
    const message =
      'lies on a cycle: data must flow from the input to the classifier; remove one of the edges of the cycle'
    this.issues.push({ code: 'network-cycle', path: `${this.place}nodes.${id}`, ...this.nodeField(id), message })
  }

  private report(edge: NetworkEdge, index: number, field: string, message: string): void {
    const path = `${this.place}edges.${edge.id ?? index}.${field}`
    const node = this.ids.has(edge.target) ? this.nodeField(edge.target) : {}
    this.issues.push({ code: 'network-structure', path, message, ...node })
  }

  /** Issues name nodes of the network; those inside of a block's definition have a path only. */
  private nodeField(id: string): { readonly node?: string } {
    return this.place === '' ? { node: id } : {}
  }
}

/** Index of the port, -1 if there is none of this name or the name is needed and missing. */
function findPort(ports: readonly Port[], name: string | undefined): number {
  if (name === undefined) return ports.length === 1 ? 0 : -1
  return ports.findIndex((port) => port.name === name)
}

function portMessage(
  { title, kind }: Terminal,
  side: 'input' | 'output',
  ports: readonly Port[],
  name: string | undefined,
): string {
  if (ports.length === 0) return `${title} (${kind}) has no ${side}: remove the edge`
  const names = ports.map((port) => port.name)
  if (name === undefined) return `${title} has several ${side}s, name one of ${names.join(', ')}`
  const nearest = nearestName(name, names)
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return `${title} has no ${side} "${name}"; it has ${names.join(', ')}${hint}`
}

/** From all nodes that a cycle blocks, those on one cycle: walking backwards along blocked sources must run into itself. */
function findCycle(blocked: readonly string[], edges: readonly NetworkEdge[]): readonly string[] {
  const blockedIds = new Set(blocked)
  const sourceOf = new Map<string, string>()
  for (const { source, target } of edges) if (blockedIds.has(source)) sourceOf.set(target, source)
  const walked: string[] = []
  let at = blocked[0]
  while (at !== undefined && !walked.includes(at)) {
    walked.push(at)
    at = sourceOf.get(at)
  }
  return at === undefined ? [] : walked.slice(walked.indexOf(at)).reverse()
}
