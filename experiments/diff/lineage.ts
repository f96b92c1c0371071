/** The tree of runs that go on from one another. */

export interface LineageRun {
  readonly id: number
  readonly parent: number | null
}

export interface LineageNode<R extends LineageRun> {
  readonly run: R
  readonly depth: number
  readonly isLeaf: boolean
}

/**
 * Families of at least two runs, the newest family first; within one, each run before those that go on from it. A parent that is not
 * among `runs` leaves its branches without one.
 */
export function lineage<R extends LineageRun>(runs: readonly R[]): readonly LineageNode<R>[] {
  const known = new Set(runs.map(({ id }) => id))
  const children = new Map<number, R[]>()
  const roots: R[] = []
  for (const run of runs.toSorted((a, b) => a.id - b.id)) {
    if (run.parent === null || !known.has(run.parent)) roots.push(run)
    else children.set(run.parent, [...(children.get(run.parent) ?? []), run])
  }
  const walk = (run: R, depth: number): readonly LineageNode<R>[] => {
    const below = children.get(run.id) ?? []
    return [{ run, depth, isLeaf: below.length === 0 }, ...below.flatMap((child) => walk(child, depth + 1))]
  }
  return roots
    .map((root) => walk(root, 0))
    .filter((family) => family.length > 1)
    .toReversed()
    .flat()
}
