/**
 * What mattered: the share of the objective's variance that each axis explains alone, by functional ANOVA on a random forest. A tree cuts the space
 * into boxes, so its mean over all other axes is exact. The interval is over the trees of the forest.
 * Hutter, Hoos, Leyton-Brown: An Efficient Approach for Assessing Hyperparameter Importance, ICML 2014.
 */
import { counterRandom, type CounterRandom } from '../../random/counter-random.ts'

export interface AxisImportance {
  readonly axis: string
  /** Share of the variance, 0 to 1: median over the trees. */
  readonly share: number
  /** Where nine in ten trees lie. */
  readonly low: number
  readonly high: number
}

interface Leaf {
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly mean: number
}

const trees = 64
const minTrials = 4

/**
 * @param points positions of each trial on each axis, 0 to 1; what does not exist counts as the middle
 * @returns empty when there are too few trials, or nothing varies
 */
export function axisImportance(
  axes: readonly string[],
  points: readonly (readonly number[])[],
  values: readonly number[],
  seed: number,
): readonly AxisImportance[] {
  if (points.length < minTrials || axes.length === 0) return []
  const shares = axes.map((): number[] => [])
  for (let tree = 0; tree < trees; tree++) {
    const random = counterRandom({ seed, purpose: 'sweep/importance', index: tree })
    const drawn = points.map(() => random.below(points.length))
    const leaves = growTree({ points, values, random, rows: drawn, axes: axes.length })
    const total = variance(leaves)
    if (total < 1e-14) continue
    axes.forEach((_, axis) => shares[axis]?.push(marginalVariance(leaves, axis) / total))
  }
  if ((shares[0]?.length ?? 0) === 0) return []
  return axes
    .map((axis, i): AxisImportance => {
      const sorted = (shares[i] ?? []).toSorted((a, b) => a - b)
      return { axis, share: quantile(sorted, 0.5), low: quantile(sorted, 0.05), high: quantile(sorted, 0.95) }
    })
    .toSorted((a, b) => b.share - a.share)
}

interface Growth {
  readonly points: readonly (readonly number[])[]
  readonly values: readonly number[]
  readonly random: CounterRandom
  readonly rows: readonly number[]
  readonly axes: number
}

function growTree({ points, values, random, rows, axes }: Growth): readonly Leaf[] {
  const leaves: Leaf[] = []
  const grow = (members: readonly number[], low: readonly number[], high: readonly number[]): void => {
    const split = members.length < 3 ? undefined : bestSplit(points, values, members, random, axes)
    if (split === undefined) {
      leaves.push({ low, high, mean: members.reduce((sum, row) => sum + (values[row] ?? 0), 0) / members.length })
      return
    }
    const { axis, at } = split
    const isLeft = (row: number) => (points[row]?.[axis] ?? 0.5) < at
    grow(
      members.filter(isLeft),
      low,
      high.map((edge, i) => (i === axis ? at : edge)),
    )
    grow(
      members.filter((row) => !isLeft(row)),
      low.map((edge, i) => (i === axis ? at : edge)),
      high,
    )
  }
  grow(rows, new Array<number>(axes).fill(0), new Array<number>(axes).fill(1))
  return leaves
}

function bestSplit(
  points: Growth['points'],
  values: Growth['values'],
  members: readonly number[],
  random: CounterRandom,
  axes: number,
) {
  const count = Math.max(1, Math.ceil((axes * 5) / 6))
  const order = Array.from({ length: axes }, (_, i) => i)
  for (let i = axes - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0]
  }
  let best: { axis: number; at: number; gain: number } | undefined
  const total = members.reduce((sum, row) => sum + (values[row] ?? 0), 0)
  for (const axis of order.slice(0, count)) {
    const sorted = members.toSorted((a, b) => (points[a]?.[axis] ?? 0.5) - (points[b]?.[axis] ?? 0.5))
    let left = 0
    for (let i = 0; i + 1 < sorted.length; i++) {
      left += values[sorted[i] ?? 0] ?? 0
      const [here, next] = [points[sorted[i] ?? 0]?.[axis] ?? 0.5, points[sorted[i + 1] ?? 0]?.[axis] ?? 0.5]
      if (here === next) continue
      const n = i + 1
      const gain = left ** 2 / n + (total - left) ** 2 / (sorted.length - n) - total ** 2 / sorted.length
      if (gain > 1e-12 && gain > (best?.gain ?? 0)) best = { axis, at: (here + next) / 2, gain }
    }
  }
  return best
}

function volume({ low, high }: Leaf, except = -1): number {
  let product = 1
  low.forEach((edge, i) => (product *= i === except ? 1 : (high[i] ?? 1) - edge))
  return product
}

function variance(leaves: readonly Leaf[]): number {
  const mean = leaves.reduce((sum, leaf) => sum + volume(leaf) * leaf.mean, 0)
  return leaves.reduce((sum, leaf) => sum + volume(leaf) * (leaf.mean - mean) ** 2, 0)
}

/** Variance of the mean over all other axes, as a function of this one: piecewise constant between the leaves' edges. */
function marginalVariance(leaves: readonly Leaf[], axis: number): number {
  const edges = [...new Set(leaves.flatMap(({ low, high }) => [low[axis] ?? 0, high[axis] ?? 1]))].toSorted(
    (a, b) => a - b,
  )
  const mean = leaves.reduce((sum, leaf) => sum + volume(leaf) * leaf.mean, 0)
  let total = 0
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i] ?? 0, edges[i + 1] ?? 1]
    const middle = (from + to) / 2
    const inside = leaves.filter(({ low, high }) => (low[axis] ?? 0) <= middle && middle < (high[axis] ?? 1))
    const height = inside.reduce((sum, leaf) => sum + volume(leaf, axis) * leaf.mean, 0)
    total += (to - from) * (height - mean) ** 2
  }
  return total
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0]
  return low + (high - low) * (at - Math.floor(at))
}
