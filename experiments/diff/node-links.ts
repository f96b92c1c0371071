/** The neighbours of nodes in both directions, and the nearest ones of a kind through others: through what was added, say. */
import type { DiffNode } from './diff-graph.ts'

export class NodeLinks {
  private readonly before = new Map<string, readonly string[]>()
  private readonly after = new Map<string, string[]>()

  constructor(nodes: readonly DiffNode[]) {
    for (const { id, inputs } of nodes) {
      const sources = inputs.map(({ node }) => node)
      this.before.set(id, sources)
      for (const source of sources) {
        const known = this.after.get(source)
        if (known) known.push(id)
        else this.after.set(source, [id])
      }
    }
  }

  sources(id: string): readonly string[] {
    return this.before.get(id) ?? []
  }

  targets(id: string): readonly string[] {
    return this.after.get(id) ?? []
  }

  /** Sources of a node for which `isStop` holds, reached through others only. */
  nearestSources(id: string, isStop: (id: string) => boolean): ReadonlySet<string> {
    return new Set(this.walk(id, isStop, (at) => this.sources(at)).keys())
  }

  nearestTargets(id: string, isStop: (id: string) => boolean): ReadonlySet<string> {
    return new Set(this.walk(id, isStop, (at) => this.targets(at)).keys())
  }

  /** As `nearestTargets`, each with the nodes on a shortest way there, in the order of data flow. */
  waysToTargets(id: string, isStop: (id: string) => boolean): ReadonlyMap<string, readonly string[]> {
    return this.walk(id, isStop, (at) => this.targets(at))
  }

  /** Breadth first, so that the first way found is a shortest one. */
  private walk(
    id: string,
    isStop: (id: string) => boolean,
    next: (id: string) => readonly string[],
  ): Map<string, readonly string[]> {
    const found = new Map<string, readonly string[]>()
    const cameFrom = new Map<string, string | undefined>([[id, undefined]])
    const queue = [id]
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const neighbour of next(at)) {
        if (isStop(neighbour)) {
          if (!found.has(neighbour)) found.set(neighbour, wayTo(at, id, cameFrom))
        } else if (!cameFrom.has(neighbour)) {
          cameFrom.set(neighbour, at)
          queue.push(neighbour)
        }
      }
    }
    return found
  }
}

function wayTo(last: string, start: string, cameFrom: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = []
  for (let at: string | undefined = last; at !== undefined && at !== start; at = cameFrom.get(at)) way.push(at)
  return way.reverse()
}
