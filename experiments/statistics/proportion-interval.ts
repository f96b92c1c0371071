/** 95 % interval of a share by its score (E. B. Wilson, JASA 22, 1927): it stays between 0 and 1 and means something for few trials too. */
import type { Interval } from './bootstrap.ts'

const z = 1.959964

/** @throws RangeError when `total` is 0 */
export function proportionInterval(count: number, total: number): Interval {
  if (total === 0) throw new RangeError('a share needs something to be a share of')
  const share = count / total
  const scale = 1 + z ** 2 / total
  const centre = (share + z ** 2 / (2 * total)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
