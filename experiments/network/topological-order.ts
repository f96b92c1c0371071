/** Orders a graph so that every node comes after those it depends on. A. B. Kahn: Topological sorting of large networks, CACM 1962. */

export interface Dependency {
  readonly source: string
  readonly target: string
}

export interface TopologicalOrder {
  /** That in which they were listed, where it will do. */
  readonly order: readonly string[]
  /** Nodes on a cycle, or behind one. Empty for a sound graph. */
  readonly blocked: readonly string[]
}

export function topologicalOrder(ids: readonly string[], edges: readonly Dependency[]): TopologicalOrder {
  if (isOrdered(ids, edges)) return { order: ids, blocked: [] }
  const waitingFor = new Map(ids.map((id) => [id, 0]))
  const targets = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const { source, target } of edges) {
    const waiting = waitingFor.get(target)
    const from = targets.get(source)
    if (waiting === undefined || !from) continue
    waitingFor.set(target, waiting + 1)
    from.push(target)
  }
  const order = ids.filter((id) => waitingFor.get(id) === 0)
  for (let i = 0; i < order.length; i++) {
    for (const target of targets.get(order[i] ?? '') ?? []) {
      const waiting = (waitingFor.get(target) ?? 0) - 1
      waitingFor.set(target, waiting)
      if (waiting === 0) order.push(target)
    }
  }
  return { order, blocked: ids.filter((id) => (waitingFor.get(id) ?? 0) > 0) }
}

function isOrdered(ids: readonly string[], edges: readonly Dependency[]): boolean {
  const place = new Map(ids.map((id, i) => [id, i]))
  return edges.every(({ source, target }) => {
    const from = place.get(source)
    const to = place.get(target)
    return from === undefined || to === undefined || from < to
  })
}
