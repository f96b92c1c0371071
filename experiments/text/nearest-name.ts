/**
 * The known name closest to a mistyped one, by Damerau-Levenshtein distance (adjacent transpositions count as one edit); initials such as
 * `lr` for `learningRate` count as well.
 */

/** Returns the nearest of `known`, or undefined when none is near enough to be a plausible typing error. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const abbreviated = known.find((name) => initials(name) === typed.toLowerCase())
  if (abbreviated !== undefined) return abbreviated
  const limit = Math.max(2, Math.floor(typed.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const name of known) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

function initials(name: string): string {
  const [first = '', ...rest] = name
  return (first + rest.filter((letter) => letter >= 'A' && letter <= 'Z').join('')).toLowerCase()
}

function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let distance = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, substitution)
      const transposed = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (transposed) distance = Math.min(distance, at(beforePrevious, j - 2) + 1)
      current.push(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
