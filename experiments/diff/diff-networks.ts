/**
 * What differs between two networks: layers added, removed, changed and moved, the connections between the others, and what it costs.
 * A layer counts as changed when its own type or parameters do; that its shape follows from a change above is told, but is no change.
 */
import type { FieldSummary } from '../analysis/analyze-network.ts'
import type { Issue, JsonValue } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { diffGraph, type DiffGraph, type DiffLevel, type DiffNode, type NodeCost } from './diff-graph.ts'
import { matchNodes, type MatchedBy, type NodeMatch } from './match-nodes.ts'
import { movedNodes } from './moved-nodes.ts'
import { NodeLinks } from './node-links.ts'

export type NodeState = 'same' | 'added' | 'removed' | 'changed'

export interface ParamChange {
  /** `type` where another layer took the place. */
  readonly name: string
  readonly label: string
  /** Undefined where the parameter did not exist. */
  readonly before: JsonValue | undefined
  readonly after: JsonValue | undefined
}

/** A node as it is in one of the two networks. */
export interface NodeSide {
  readonly id: string
  readonly title: string
  readonly type: string
  readonly typeTitle: string
  readonly category: string
  readonly outputShape: readonly number[]
  readonly cost: NodeCost
}

export interface NodeDiff {
  /** Unique within a diff: the id, with `-` in front of what was removed. Edges name nodes by it. */
  readonly key: string
  /** The id it has after, or had before where it is gone. */
  readonly id: string
  readonly state: NodeState
  /** Stands in another place. */
  readonly moved: boolean
  /** Undefined for what was added or removed. */
  readonly matchedBy: MatchedBy | undefined
  readonly before: NodeSide | undefined
  readonly after: NodeSide | undefined
  readonly changes: readonly ParamChange[]
  /** After minus before. */
  readonly delta: NodeCost
}

/** Data flows from one kept node to another, directly or through nodes that the other network lacks. */
export interface ConnectionDiff {
  readonly state: 'added' | 'removed'
  /** Ids in the network that has the connection. */
  readonly from: string
  readonly to: string
  /** The nodes between, which are added or removed themselves. */
  readonly via: readonly string[]
}

/** An edge of either network, drawn over the other. */
export interface EdgeDiff {
  readonly state: 'same' | 'added' | 'removed'
  /** Keys of nodes. */
  readonly from: string
  readonly to: string
}

export interface Totals {
  readonly params: number
  readonly macs: number
  readonly activationBytes: number
  readonly receptiveField: FieldSummary
  readonly layers: number
}

export interface NetworkDiff {
  readonly level: DiffLevel
  readonly isSame: boolean
  /** In the order of data flow; what was removed stands where it was. */
  readonly nodes: readonly NodeDiff[]
  readonly edges: readonly EdgeDiff[]
  readonly connections: readonly ConnectionDiff[]
  readonly counts: {
    readonly added: number
    readonly removed: number
    readonly changed: number
    readonly moved: number
    readonly connectionsAdded: number
    readonly connectionsRemoved: number
  }
  readonly before: Totals
  readonly after: Totals
  /** Problems of a network that is not complete: what does not fit is not compared. */
  readonly issues: { readonly before: readonly Issue[]; readonly after: readonly Issue[] }
}

/** @param level `layers` (default) compares what computes, `nodes` what was drawn */
export function diffNetworks(
  before: NetworkDocument,
  after: NetworkDocument,
  level: DiffLevel = 'layers',
): NetworkDiff {
  const from = diffGraph(before, level)
  const to = diffGraph(after, level)
  const matches = matchNodes(from.nodes, to.nodes)
  const moved = movedNodes(from.nodes, to.nodes, matches)
  const nodes = inOrder(from.nodes, to.nodes, matches, moved)
  const connections = diffConnections(from.nodes, to.nodes, matches)
  const count = (state: NodeState): number => nodes.filter((node) => node.state === state).length
  const counts = {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    moved: moved.size,
    connectionsAdded: connections.filter(({ state }) => state === 'added').length,
    connectionsRemoved: connections.filter(({ state }) => state === 'removed').length,
  }
  return {
    level,
    isSame: Object.values(counts).every((number) => number === 0),
    ...{ nodes, edges: diffEdges(from.nodes, to.nodes, matches), connections, counts },
    before: totals(from),
    after: totals(to),
    issues: { before: from.analysis.issues, after: to.analysis.issues },
  }
}

/** Follows the network after; a removed node is told before the first kept one that came behind it. */
function inOrder(
  before: readonly DiffNode[],
  after: readonly DiffNode[],
  matches: readonly NodeMatch[],
  moved: ReadonlySet<string>,
): readonly NodeDiff[] {
  const byAfter = new Map(matches.map((match) => [match.after.id, match]))
  const kept = new Set(matches.map((match) => match.before.id))
  const removedBefore = new Map<string, DiffNode[]>()
  let pending: DiffNode[] = []
  for (const node of before) {
    if (!kept.has(node.id)) pending.push(node)
    else if (pending.length > 0) {
      removedBefore.set(node.id, pending)
      pending = []
    }
  }
  const followed = after.flatMap((node): readonly NodeDiff[] => {
    const match = byAfter.get(node.id)
    if (!match) return [oneSided('added', node)]
    const gone = removedBefore.get(match.before.id) ?? []
    return [...gone.map((lost) => oneSided('removed', lost)), pairDiff(match, moved.has(match.before.id))]
  })
  return [...followed, ...pending.map((lost) => oneSided('removed', lost))]
}

const nothing: NodeCost = { params: 0, macs: 0, activationBytes: 0 }

function oneSided(state: 'added' | 'removed', node: DiffNode): NodeDiff {
  const side = sideOf(node)
  return {
    ...{ key: state === 'removed' ? `-${node.id}` : node.id, id: node.id },
    ...{ state, moved: false, matchedBy: undefined, changes: [] },
    before: state === 'removed' ? side : undefined,
    after: state === 'added' ? side : undefined,
    delta: state === 'added' ? difference(nothing, node.cost) : difference(node.cost, nothing),
  }
}

function pairDiff({ before, after, by }: NodeMatch, moved: boolean): NodeDiff {
  const changes = paramChanges(before, after)
  return {
    ...{ key: after.id, id: after.id },
    state: changes.length > 0 ? 'changed' : 'same',
    moved,
    matchedBy: by,
    before: sideOf(before),
    after: sideOf(after),
    changes,
    delta: difference(before.cost, after.cost),
  }
}

function paramChanges(before: DiffNode, after: DiffNode): readonly ParamChange[] {
  const type: readonly ParamChange[] =
    before.type === after.type ? [] : [{ name: 'type', label: 'Type', before: before.type, after: after.type }]
  const names = new Set([...Object.keys(before.params), ...Object.keys(after.params)])
  const params = [...names].flatMap((name): readonly ParamChange[] => {
    const was = before.params[name]
    const is = after.params[name]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    // Parameters of another type are what comes with it, not changes of their own.
    if (before.type !== after.type && (was === undefined || is === undefined)) return []
    return [{ name, label: labelOf(name, before, after), before: short(before, name), after: short(after, name) }]
  })
  return [...type, ...params]
}

const labels: Readonly<Record<string, string>> = { repeat: 'Repeated', firstStride: 'Stride of the first' }

function labelOf(name: string, before: DiffNode, after: DiffNode): string {
  return after.table[name]?.label ?? before.table[name]?.label ?? labels[name] ?? name
}

/** As it is written in documents: 3 for a square of 3 by 3. */
function short({ params, table }: DiffNode, name: string): JsonValue | undefined {
  const value = params[name]
  return value === undefined ? undefined : (table[name]?.write(value) ?? value)
}

function diffConnections(
  before: readonly DiffNode[],
  after: readonly DiffNode[],
  matches: readonly NodeMatch[],
): readonly ConnectionDiff[] {
  const toAfter = new Map(matches.map((match) => [match.before.id, match.after.id]))
  const toBefore = new Map(matches.map((match) => [match.after.id, match.before.id]))
  const old = connectionsOf(before, toAfter)
  const now = connectionsOf(after, toBefore)
  const missing = (
    of: ReadonlyMap<string, Connection>,
    other: ReadonlyMap<string, Connection>,
    partner: ReadonlyMap<string, string>,
    state: ConnectionDiff['state'],
  ): readonly ConnectionDiff[] =>
    [...of.values()]
      .filter(({ from, to }) => !other.has(`${partner.get(from)} ${partner.get(to)}`))
      .map((connection) => ({ state, ...connection }))
  return [...missing(now, old, toBefore, 'added'), ...missing(old, now, toAfter, 'removed')]
}

function diffEdges(
  before: readonly DiffNode[],
  after: readonly DiffNode[],
  matches: readonly NodeMatch[],
): readonly EdgeDiff[] {
  const keyBefore = new Map(matches.map((match) => [match.before.id, match.after.id]))
  const old = edgesOf(before, (id) => keyBefore.get(id) ?? `-${id}`)
  const now = edgesOf(after, (id) => id)
  const kept = [...now].map(([name, edge]): EdgeDiff => ({ state: old.has(name) ? 'same' : 'added', ...edge }))
  const gone = [...old].flatMap(([name, edge]): readonly EdgeDiff[] =>
    now.has(name) ? [] : [{ state: 'removed', ...edge }],
  )
  return [...kept, ...gone]
}

function edgesOf(
  nodes: readonly DiffNode[],
  keyOf: (id: string) => string,
): ReadonlyMap<string, { readonly from: string; readonly to: string }> {
  return new Map(
    nodes.flatMap(({ id, inputs }) =>
      inputs.map(({ node }) => {
        const edge = { from: keyOf(node), to: keyOf(id) }
        return [`${edge.from} ${edge.to}`, edge] as const
      }),
    ),
  )
}

interface Connection {
  readonly from: string
  readonly to: string
  readonly via: readonly string[]
}

function connectionsOf(nodes: readonly DiffNode[], kept: ReadonlyMap<string, string>): ReadonlyMap<string, Connection> {
  const links = new NodeLinks(nodes)
  const isKept = (id: string): boolean => kept.has(id)
  return new Map(
    nodes
      .filter(({ id }) => isKept(id))
      .flatMap(({ id: from }) =>
        [...links.waysToTargets(from, isKept)].map(([to, via]) => [`${from} ${to}`, { from, to, via }] as const),
      ),
  )
}

function totals({ nodes, analysis }: DiffGraph): Totals {
  const { params, macs, activationBytes, receptiveField } = analysis
  return { params, macs, activationBytes, receptiveField, layers: nodes.length }
}

function difference(before: NodeCost, after: NodeCost): NodeCost {
  return {
    params: after.params - before.params,
    macs: after.macs - before.macs,
    activationBytes: after.activationBytes - before.activationBytes,
  }
}

function sideOf({ id, title, type, typeTitle, category, outputShape, cost }: DiffNode): NodeSide {
  return { id, title, type, typeTitle, category, outputShape, cost }
}
