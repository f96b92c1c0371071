/** What is wrong with a typed number, in words that say what would be right. */
import type { Format } from '../../i18n/format.ts'
import type { Messages } from '../../i18n/en.ts'
import type { NumberProblem, NumberRule } from '../../state/training-fields.ts'

export function numberProblemText(
  { t, format }: { readonly t: Messages; readonly format: Format },
  problem: NumberProblem,
  rule: NumberRule,
): string {
  if (problem === 'required') return t.field.required
  if (problem === 'number') return t.field.number
  if (problem === 'whole') return t.field.whole
  const low = format.plain(rule.low)
  const high = format.plain(rule.high)
  const unbounded = rule.high >= Number.MAX_SAFE_INTEGER
  if (unbounded) return rule.lowOpen ? t.field.above(low) : t.field.atLeast(low)
  if (rule.lowOpen) return t.field.aboveUpTo(low, high)
  if (rule.highOpen) return t.field.fromToBelow(low, high)
  return rule.whole ? t.field.betweenWhole(low, high) : t.field.between(low, high)
}
