/** Parameters that are a single number. */
import { outOfRange, readOk, wrongType, type ParamKind, type ParamText } from './param-kind.ts'

export interface NumberRange {
  readonly min: number
  readonly max: number
}

export function integer(options: ParamText & NumberRange & { readonly default: number }): ParamKind<number> {
  const { min, max, ...rest } = options
  const expected = `an integer from ${min} to ${max}`
  return {
    ...rest,
    form: { kind: 'integer', min, max },
    read: (json) => {
      if (typeof json !== 'number' || !Number.isInteger(json)) return wrongType(expected, json)
      return json >= min && json <= max ? readOk(json) : outOfRange(expected, json)
    },
    write: (value) => value,
  }
}

export function real(options: ParamText & NumberRange & { readonly default: number }): ParamKind<number> {
  const { min, max, ...rest } = options
  const expected = `a number from ${min} to ${max}`
  return {
    ...rest,
    form: { kind: 'real', min, max },
    read: (json) => {
      if (typeof json !== 'number' || !Number.isFinite(json)) return wrongType(expected, json)
      return json >= min && json <= max ? readOk(json) : outOfRange(expected, json)
    },
    write: (value) => value,
  }
}
