/** A question that is asked once for each key; for as long as its answers cannot change. */
export function remembered<Key extends (string | number)[], Value>(
  ask: (...key: Key) => Value,
): (...key: Key) => Value {
  const known = new Map<string, Value>()
  return (...key) => {
    const name = key.join(' ')
    if (!known.has(name)) known.set(name, ask(...key))
    return known.get(name) as Value
  }
}
