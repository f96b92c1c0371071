/** The draw that most operations make. */
import type { CounterRandom } from '../random/counter-random.ts'

/** A number from `low` (included) to `high`, uniformly; the two may come in either order. */
export function between(random: CounterRandom, low: number, high: number): number {
  return low + (high - low) * random.uniform()
}

/** A factor between 1 / `largest` and `largest` whose logarithm is uniform: twice as large is as likely as half. */
export function factorUpTo(random: CounterRandom, largest: number): number {
  return Math.exp(Math.log(largest) * (2 * random.uniform() - 1))
}
