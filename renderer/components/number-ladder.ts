/** Steps of a number field. Sizes double, rates go 1-2-5, counts go by one: each press lands on a value that people use. */

export interface Ladder {
  readonly kind: 'count' | 'double' | 'one-two-five'
  readonly low: number
  readonly high: number
  /** Size of a step of `count`. Default 1. */
  readonly by?: number
  /** Where an empty field starts. */
  readonly start: number
}

/** The text after one step up or down from `text`. */
export function nextStep(text: string, direction: 1 | -1, ladder: Ladder): string {
  const current = Number(text.trim().replaceAll(',', ''))
  if (text.trim() === '' || !Number.isFinite(current)) return write(ladder.start)
  return write(Math.min(ladder.high, Math.max(ladder.low, stepped(current, direction, ladder))))
}

function stepped(current: number, direction: 1 | -1, ladder: Ladder): number {
  switch (ladder.kind) {
    case 'count':
      return current + direction * (ladder.by ?? 1)
    case 'double':
      return direction > 0 ? 2 ** Math.floor(Math.log2(current) + 1) : 2 ** Math.ceil(Math.log2(current) - 1)
    case 'one-two-five':
      return neighbour125(current, direction)
  }
}

function neighbour125(current: number, direction: 1 | -1): number {
  if (current <= 0) return direction > 0 ? 1e-6 : 0
  const power = Math.floor(Math.log10(current) + 1e-9)
  const rungs = [-1, 0, 1].flatMap((shift) => [1, 2, 5].map((digit) => digit * 10 ** (power + shift)))
  const slack = current * 1e-6
  const next =
    direction > 0 ? rungs.find((rung) => rung > current + slack) : rungs.findLast((rung) => rung < current - slack)
  return next ?? current
}

/** Plain decimals, without the noise of binary fractions. */
function write(value: number): string {
  return String(Number(value.toPrecision(10)))
}
