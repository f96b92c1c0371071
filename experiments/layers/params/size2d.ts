/** A size in rows and columns: `n` for a square, or `[height, width]`. */
import type { Pair } from '../../ops/attributes.ts'
import type { NumberRange } from './numbers.ts'
import { outOfRange, readOk, wrongType, type ParamKind, type ParamText } from './param-kind.ts'

export function size2d(options: ParamText & NumberRange & { readonly default: Pair }): ParamKind<Pair> {
  const { min, max, ...rest } = options
  const expected = `an integer from ${min} to ${max}, or two of them as [height, width]`
  return {
    ...rest,
    form: { kind: 'size2d', min, max },
    read: (json) => {
      const pair = Array.isArray(json) ? (json as readonly unknown[]) : [json, json]
      const [height, width] = pair
      if (pair.length !== 2 || !isInteger(height) || !isInteger(width)) return wrongType(expected, json)
      const inRange = [height, width].every((size) => size >= min && size <= max)
      return inRange ? readOk([height, width]) : outOfRange(expected, json)
    },
    write: ([height, width]) => (height === width ? height : [height, width]),
  }
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value)
}
