/** Names layers by patterns: `conv1`, `layer1.*`, or a block, which stands for all inside of it. */

/** Whether one of `patterns` names the layer `id`. */
export function matchesLayer(patterns: 'all' | readonly string[], id: string): boolean {
  return patterns === 'all' || patterns.some((pattern) => matches(pattern, id) || matches(`${pattern}/*`, id))
}

/** Patterns that name none of `ids`: most likely typing errors. */
export function unmatchedPatterns(patterns: 'all' | readonly string[], ids: readonly string[]): readonly string[] {
  if (patterns === 'all') return []
  return patterns.filter((pattern) => !ids.some((id) => matchesLayer([pattern], id)))
}

/** Each part between stars is looked for once, from left to right: no backtracking, whatever the pattern. */
function matches(pattern: string, id: string): boolean {
  const [first = '', ...parts] = pattern.split('*')
  if (parts.length === 0) return pattern === id
  const last = parts.pop() ?? ''
  if (!id.startsWith(first)) return false
  let at = first.length
  for (const part of parts) {
    const found = id.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return id.endsWith(last) && id.length - last.length >= at
}
