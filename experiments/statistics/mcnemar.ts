/**
 * McNemar's test: two classifiers on the same examples, of which only those matter that one has right and the other wrong. Exact, two-sided
 * binomial (Edwards 1948 corrects the approximation; with counts below a few thousand none is needed). Dietterich, Approximate Statistical
 * Tests for Comparing Supervised Classification Learning Algorithms, Neural Computation 10 (1998).
 */
export interface PairedComparison {
  readonly examples: number
  readonly bothRight: number
  readonly bothWrong: number
  /** Right in `a`, wrong in `b`. */
  readonly onlyA: number
  readonly onlyB: number
  /** Accuracy of `b` minus that of `a`. */
  readonly difference: number
  /** Two-sided; 1 when the two never disagree. */
  readonly pValue: number
  /** 95 % interval of the difference (Wald with the correction of Agresti and Min, 2005: half a count in each cell). */
  readonly low: number
  readonly high: number
}

/** Per example whether each had it right; both in the same order. */
export function compareOnExamples(a: readonly boolean[], b: readonly boolean[]): PairedComparison {
  if (a.length !== b.length || a.length === 0) throw new RangeError('both sides need the same examples')
  const counts = { bothRight: 0, bothWrong: 0, onlyA: 0, onlyB: 0 }
  a.forEach((right, i) => {
    const other = b[i] === true
    counts[right ? (other ? 'bothRight' : 'onlyA') : other ? 'onlyB' : 'bothWrong'] += 1
  })
  const { onlyA, onlyB } = counts
  const n = a.length
  const total = n + 2
  const [p12, p21] = [(onlyA + 0.5) / total, (onlyB + 0.5) / total]
  const centre = p21 - p12
  const half = 1.959964 * Math.sqrt((p12 + p21 - centre ** 2) / total)
  const difference = (onlyB - onlyA) / n
  return { examples: n, ...counts, difference, pValue: signTest(onlyA, onlyB), low: centre - half, high: centre + half }
}

/** P of a split at least as uneven when either side is as likely. */
export function signTest(x: number, y: number): number {
  const n = x + y
  if (n === 0) return 1
  const least = Math.min(x, y)
  // Terms of the binomial by their logarithms: 0.5^n alone would be 0 above a thousand.
  let logTerm = -n * Math.LN2
  let tail = Math.exp(logTerm)
  for (let k = 1; k <= least; k++) {
    logTerm += Math.log((n - k + 1) / k)
    tail += Math.exp(logTerm)
  }
  return Math.min(1, 2 * tail)
}
