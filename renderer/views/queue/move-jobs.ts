/** Where jobs go that are moved within the line: the run that they are put before, null for behind all, undefined where nothing would change. */

type Target = number | null | undefined

/** By one place, or to an end. Jobs that lie apart come together at the place of the first (up) or last (down) of them. */
export function moveTarget(
  order: readonly number[],
  moving: readonly number[],
  to: 'up' | 'down' | 'front' | 'back',
): Target {
  const set = new Set(moving)
  const places = order.flatMap((run, index) => (set.has(run) ? [index] : []))
  const first = places[0] ?? 0
  const last = places.at(-1) ?? 0
  const place = { up: first - 1, down: last + 2, front: 0, back: order.length }[to]
  return placeBetween(order, moving, Math.min(order.length, Math.max(0, place)))
}

/** @param place between two rows: 0 is above the first */
export function placeBetween(order: readonly number[], moving: readonly number[], place: number): Target {
  const set = new Set(moving)
  const target = order.slice(place).find((run) => !set.has(run)) ?? null
  const rest = order.filter((run) => !set.has(run))
  rest.splice(target === null ? rest.length : rest.indexOf(target), 0, ...order.filter((run) => set.has(run)))
  return rest.every((run, index) => run === order[index]) ? undefined : target
}
