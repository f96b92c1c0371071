/** What did not change from one scene to the next stays the same object, so that whoever draws it sees at a glance what to draw anew. */
import type { Scene } from './build-scene.ts'

/** The scene `now`, made of items of `before` wherever they are equal. */
export function keepScene(before: Scene | undefined, now: Scene): Scene {
  if (!before) return now
  return {
    nodes: keepItems(before.nodes, now.nodes),
    edges: keepItems(before.edges, now.edges),
    annotations: keepItems(before.annotations, now.annotations),
  }
}

function keepItems<T extends { readonly id: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  const known = new Map(before.map((item) => [item.id, item]))
  const kept = now.map((item) => {
    const old = known.get(item.id)
    return old !== undefined && isSame(old, item) ? old : item
  })
  return kept.length === before.length && kept.every((item, i) => item === before[i]) ? before : kept
}

/** Of plain data: numbers, words, lists and objects of these. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      isSame((a as Readonly<Record<string, unknown>>)[name], (b as Readonly<Record<string, unknown>>)[name]),
  )
}
