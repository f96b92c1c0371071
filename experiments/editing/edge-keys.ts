/** Names for edges that need none of their own: what they join, and a number where several join the same. */
import type { NetworkEdge } from '../network/network-document.ts'

export function edgeKeys(edges: readonly NetworkEdge[]): readonly string[] {
  const seen = new Map<string, number>()
  return edges.map(({ source, sourcePort = '', target, targetPort = '' }) => {
    const key = `${source}:${sourcePort}>${target}:${targetPort}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count === 1 ? key : `${key}#${count}`
  })
}
