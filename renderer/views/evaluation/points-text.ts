/** A difference of two shares in percentage points, with its sign: `+1.25 points`. */
import type { Translation } from '../../i18n/i18n.svelte.ts'

export function pointsText({ t, format }: Pick<Translation, 't' | 'format'>, difference: number): string {
  const size = Number(Math.abs(difference * 100).toFixed(2))
  const sign = size === 0 ? '±' : difference > 0 ? '+' : '−'
  return t.compare.points(`${sign}${format.plain(size)}`)
}
