/**
 * Which matched nodes stand in another place. The longest common order (Fredman, On computing the length of longest increasing
 * subsequences, 1975) stays where it is, so that of two swapped nodes one has moved and its neighbours have not.
 */
import type { DiffNode } from './diff-graph.ts'
import type { NodeMatch } from './match-nodes.ts'
import { NodeLinks } from './node-links.ts'

/** Ids, of the network before. */
export function movedNodes(
  before: readonly DiffNode[],
  after: readonly DiffNode[],
  matches: readonly NodeMatch[],
): ReadonlySet<string> {
  const partner = new Map(matches.map((match) => [match.before.id, match.after.id]))
  const linksBefore = new NodeLinks(before)
  const linksAfter = new NodeLinks(after)
  /** Whether all that feeds it is something else than before; nodes in `moved` are looked through. */
  const isFedByOthers = (id: string, moved: ReadonlySet<string>): boolean => {
    const other = partner.get(id) ?? ''
    const movedAfter = new Set([...moved].map((at) => partner.get(at)))
    const matchedAfter = new Set(partner.values())
    const was = linksBefore.nearestSources(id, (at) => partner.has(at) && !moved.has(at))
    const is = linksAfter.nearestSources(other, (at) => matchedAfter.has(at) && !movedAfter.has(at))
    return was.size > 0 && is.size > 0 && ![...was].some((at) => is.has(partner.get(at) ?? ''))
  }
  const nothing = new Set<string>()
  const moved = new Set(outOfOrder(before, after, partner).filter((id) => isFedByOthers(id, nothing)))
  const rewired = [...partner.keys()].filter((id) => !moved.has(id) && isFedByOthers(id, moved))
  return new Set([...moved, ...rewired])
}

function outOfOrder(
  before: readonly DiffNode[],
  after: readonly DiffNode[],
  partner: ReadonlyMap<string, string>,
): readonly string[] {
  const rank = new Map(before.flatMap(({ id }, i) => (partner.has(id) ? [[partner.get(id) ?? '', i] as const] : [])))
  const place = new Map(likeBefore(after, rank).map((id, i) => [id, i]))
  const ids = before.map(({ id }) => id).filter((id) => partner.has(id))
  const stay = longestIncreasing(ids.map((id) => place.get(partner.get(id) ?? '') ?? 0))
  return ids.filter((_id, i) => !stay.has(i))
}

/** Orders nodes with sources first, and otherwise as the network before had them: parallel branches have no order of their own. */
function likeBefore(nodes: readonly DiffNode[], rank: ReadonlyMap<string, number>): readonly string[] {
  const links = new NodeLinks(nodes)
  const waiting = new Map(nodes.map(({ id, inputs }) => [id, inputs.length]))
  const rankOf = (id: string): number => rank.get(id) ?? -1
  const ready = nodes.filter(({ inputs }) => inputs.length === 0).map(({ id }) => id)
  const order: string[] = []
  while (ready.length > 0) {
    const next = ready.reduce((best, id, i) => (rankOf(id) < rankOf(ready[best] ?? '') ? i : best), 0)
    const [id] = ready.splice(next, 1)
    if (id === undefined) break
    order.push(id)
    for (const target of links.targets(id)) {
      const left = (waiting.get(target) ?? 0) - 1
      waiting.set(target, left)
      if (left === 0) ready.push(target)
    }
  }
  return order
}

/** Indices of one longest increasing subsequence; patience sorting, n log n. */
export function longestIncreasing(values: readonly number[]): ReadonlySet<number> {
  const tails: number[] = []
  const previous: number[] = []
  values.forEach((value, i) => {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1
      else high = middle
    }
    previous[i] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = i
  })
  const indices = new Set<number>()
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) indices.add(at)
  return indices
}
