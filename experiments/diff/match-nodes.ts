/**
 * Which node of one network is which of another. First by id, which stays with a node for life; then by structure, for nodes that were
 * renamed, imported or made anew: equal nodes behind equal sources (downwards) or before equal targets (upwards), as in Cobena, Abiteboul,
 * Marian: Detecting Changes in XML Documents, ICDE 2002; then the most similar ones between the same matched neighbours.
 */
import type { DiffNode } from './diff-graph.ts'
import { NodeLinks } from './node-links.ts'

export type MatchedBy = 'id' | 'structure'

export interface NodeMatch {
  readonly before: DiffNode
  readonly after: DiffNode
  readonly by: MatchedBy
}

export function matchNodes(before: readonly DiffNode[], after: readonly DiffNode[]): readonly NodeMatch[] {
  const matching = new Matching(before, after)
  matching.byId()
  do {
    matching.downwards()
    matching.upwards()
  } while (matching.bySimilarity())
  return matching.found()
}

/** Without those that are only similar: equal ids, and equal nodes in equal places. */
export function matchEqualNodes(before: readonly DiffNode[], after: readonly DiffNode[]): readonly NodeMatch[] {
  const matching = new Matching(before, after)
  matching.byId()
  matching.downwards()
  matching.upwards()
  return matching.found()
}

class Matching {
  private readonly before: Side
  private readonly after: Side
  private readonly byIdPairs = new Set<string>()

  constructor(before: readonly DiffNode[], after: readonly DiffNode[]) {
    this.before = new Side(before)
    this.after = new Side(after)
  }

  found(): readonly NodeMatch[] {
    return this.before.nodes.flatMap((node): readonly NodeMatch[] => {
      const partner = this.after.get(this.before.partner.get(node.id))
      if (!partner) return []
      return [{ before: node, after: partner, by: this.byIdPairs.has(node.id) ? 'id' : 'structure' }]
    })
  }

  byId(): void {
    for (const node of this.before.nodes) {
      const other = this.after.get(node.id)
      if (!other || (other.type !== node.type && other.category !== node.category)) continue
      this.pair(node.id, other.id)
      this.byIdPairs.add(node.id)
    }
  }

  /** Equal nodes whose sources are the same, all the way from the input. */
  downwards(): void {
    this.byKey((side, id) => side.links.sources(id), 'sources-first')
  }

  /** Equal nodes whose targets are the same, all the way from the classifier. */
  upwards(): void {
    this.byKey((side, id) => side.links.targets(id), 'targets-first')
  }

  /** The most similar pairs between common neighbours, best first. Whether there was one. */
  bySimilarity(): boolean {
    const candidates = this.candidates().toSorted((a, b) => b.score - a.score)
    let matched = false
    for (const { from, to } of candidates) {
      if (this.before.partner.has(from) || this.after.partner.has(to)) continue
      this.pair(from, to)
      matched = true
    }
    return matched
  }

  /** Numbers each distinct node with all that leads to it; a matched node is known by the name it shares with its partner. */
  private byKey(neighbours: (side: Side, id: string) => readonly string[], order: 'sources-first' | 'targets-first') {
    const numbers = new Map<string, number>()
    const keysOf = (side: Side): ReadonlyMap<string, number> => {
      const keys = new Map<string, number>()
      for (const node of order === 'sources-first' ? side.nodes : side.nodes.toReversed()) {
        const near = neighbours(side, node.id).map((id) => keys.get(id) ?? -1)
        const list = order === 'sources-first' ? near : near.toSorted((a, b) => a - b)
        const key = side.sharedName(node.id) ?? `${side.look(node)} ${list.join(' ')}`
        const number = numbers.get(key) ?? numbers.size
        numbers.set(key, number)
        keys.set(node.id, number)
      }
      return keys
    }
    const keysBefore = keysOf(this.before)
    const keysAfter = keysOf(this.after)
    const waiting = new Map<number | undefined, string[]>()
    for (const { id } of this.before.unmatched()) {
      const list = waiting.get(keysBefore.get(id))
      if (list) list.push(id)
      else waiting.set(keysBefore.get(id), [id])
    }
    for (const { id } of this.after.unmatched()) {
      const from = waiting.get(keysAfter.get(id))?.shift()
      if (from !== undefined) this.pair(from, id)
    }
  }

  private candidates(): { from: string; to: string; score: number }[] {
    const anchorsAfter = this.after.unmatched().map((node) => ({ node, anchors: this.after.anchors(node.id) }))
    const at = new Map<string, typeof anchorsAfter>()
    for (const entry of anchorsAfter) {
      for (const name of entry.anchors.all) at.set(name, [...(at.get(name) ?? []), entry])
    }
    return this.before.unmatched().flatMap((node) => {
      const anchors = this.before.anchors(node.id)
      const near = new Set([...anchors.all].flatMap((name) => at.get(name) ?? []))
      return [...near].flatMap((other) => {
        const score = similarity({ node, anchors }, other)
        return score === undefined ? [] : [{ from: node.id, to: other.node.id, score }]
      })
    })
  }

  private pair(before: string, after: string): void {
    this.before.partner.set(before, after)
    this.after.partner.set(after, before)
    // One name for both, by which neighbours on either side know them.
    const name = `=${before}`
    this.before.names.set(before, name)
    this.after.names.set(after, name)
  }
}

/** Names of the nearest matched nodes, marked by the side on which they lie. */
interface Anchors {
  readonly sources: ReadonlySet<string>
  readonly targets: ReadonlySet<string>
  readonly all: ReadonlySet<string>
}

class Side {
  readonly nodes: readonly DiffNode[]
  readonly links: NodeLinks
  readonly partner = new Map<string, string>()
  readonly names = new Map<string, string>()
  private readonly byId: ReadonlyMap<string, DiffNode>
  private readonly looks = new Map<string, string>()

  constructor(nodes: readonly DiffNode[]) {
    this.nodes = nodes
    this.links = new NodeLinks(nodes)
    this.byId = new Map(nodes.map((node) => [node.id, node]))
  }

  get(id: string | undefined): DiffNode | undefined {
    return id === undefined ? undefined : this.byId.get(id)
  }

  unmatched(): readonly DiffNode[] {
    return this.nodes.filter(({ id }) => !this.partner.has(id))
  }

  /** Undefined for a node without a partner. */
  sharedName(id: string): string | undefined {
    return this.names.get(id)
  }

  look(node: DiffNode): string {
    const known = this.looks.get(node.id) ?? `${node.type} ${JSON.stringify(node.params)}`
    this.looks.set(node.id, known)
    return known
  }

  anchors(id: string): Anchors {
    const isMatched = (at: string): boolean => this.partner.has(at)
    const named = (ids: ReadonlySet<string>, side: string) =>
      new Set([...ids].map((at) => `${side}${this.names.get(at)}`))
    const sources = named(this.links.nearestSources(id, isMatched), '<')
    const targets = named(this.links.nearestTargets(id, isMatched), '>')
    return { sources, targets, all: new Set([...sources, ...targets]) }
  }
}

interface Placed {
  readonly node: DiffNode
  readonly anchors: Anchors
}

/** Undefined for nodes that are not the same thing. */
function similarity(a: Placed, b: Placed): number | undefined {
  const sources = overlap(a.anchors.sources, b.anchors.sources)
  const targets = overlap(a.anchors.targets, b.anchors.targets)
  const place = 2 * sources + 2 * targets
  const isSameType = a.node.type === b.node.type
  // One kind of activation for another is a change of that node only where it stands in the very same place.
  if (!isSameType && (a.node.category !== b.node.category || sources + targets < 2)) return undefined
  const path = parentOf(a.node.id) === parentOf(b.node.id) ? 1 : 0
  const shape = a.node.outputShape.join() === b.node.outputShape.join() ? 1 : 0
  return place + path + shape + (isSameType ? 3 * equalShare(a.node, b.node) : 0)
}

function equalShare({ params: a }: DiffNode, { params: b }: DiffNode): number {
  const names = Object.keys(a)
  if (names.length === 0) return 1
  return names.filter((name) => JSON.stringify(a[name]) === JSON.stringify(b[name])).length / names.length
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1
  const common = [...a].filter((item) => b.has(item)).length
  return common / (a.size + b.size - common)
}

function parentOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('/')))
}
