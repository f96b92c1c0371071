/** Numbers of the symmetric beta distribution, from two gamma numbers: G. Marsaglia, W. Tsang: A Simple Method for Generating Gamma Variables, 2000. */
import type { CounterRandom } from '../random/counter-random.ts'

/** A number from 0 to 1 of Beta(alpha, alpha): below 1 mostly near the ends, at 1 uniform, above 1 mostly in the middle. */
export function beta(random: CounterRandom, alpha: number): number {
  const a = gamma(random, alpha)
  const b = gamma(random, alpha)
  // Tiny alphas may give zero twice: either end is as likely.
  return a + b > 0 ? a / (a + b) : random.below(2)
}

function gamma(random: CounterRandom, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * Math.pow(1 - random.uniform(), 1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}
