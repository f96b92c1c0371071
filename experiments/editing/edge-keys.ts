/** Names for edges that need none of their own: what they join, and a number where several join the same. */
import type { NetworkEdge } from '../network/network-document.ts'

const known = new WeakMap<readonly NetworkEdge[], readonly string[]>()

/** Made once for each list: documents are never changed in place. */
export function edgeKeys(edges: readonly NetworkEdge[]): readonly string[] {
  const keys = known.get(edges) ?? makeKeys(edges)
  known.set(edges, keys)
  return keys
}

function makeKeys(edges: readonly NetworkEdge[]): readonly string[] {
  const seen = new Map<string, number>()
  return edges.map(({ source, sourcePort = '', target, targetPort = '' }) => {
    const key = `${source}:${sourcePort}>${target}:${targetPort}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count === 1 ? key : `${key}#${count}`
  })
}
