/**
 * Zeros around an image: `valid` adds none, `same` as many as make the output ceil(input / stride) in each direction (the odd one at
 * the bottom and right, as TensorFlow does), `n` that many on every side, `[top, right, bottom, left]` exactly these.
 */
import type { Edges, Pair } from '../../ops/attributes.ts'
import { windowExtent, type Window } from '../../ops/window.ts'
import { outOfRange, readOk, wrongType, type ParamKind, type ParamText } from './param-kind.ts'

export type Padding = 'same' | 'valid' | Edges

const maxPadding = 1024
const expected = `same, valid, an integer from 0 to ${maxPadding}, or [top, right, bottom, left]`

export function padding(options: ParamText & { readonly default: Padding }): ParamKind<Padding> {
  return {
    ...options,
    form: { kind: 'padding', max: maxPadding },
    read: (json) => {
      if (json === 'same' || json === 'valid') return readOk(json)
      const edges = Array.isArray(json) ? (json as readonly unknown[]) : [json, json, json, json]
      const [top, right, bottom, left] = edges
      const isEdges = edges.length === 4 && isInteger(top) && isInteger(right) && isInteger(bottom) && isInteger(left)
      if (!isEdges) return wrongType(expected, json)
      const inRange = [top, right, bottom, left].every((edge) => edge >= 0 && edge <= maxPadding)
      return inRange ? readOk([top, right, bottom, left]) : outOfRange(expected, json)
    },
    write: (value) => {
      if (typeof value === 'string') return value
      return value.every((edge) => edge === value[0]) ? value[0] : value
    },
  }
}

/** The padding in numbers, for an image of `size` under `window`, whose own padding is not looked at. */
export function resolvePadding(value: Padding, size: Pair, window: Omit<Window, 'padding'>): Edges {
  if (value === 'valid') return [0, 0, 0, 0]
  if (value !== 'same') return value
  const needed = ([0, 1] as const).map((axis) => {
    const output = Math.ceil(size[axis] / window.strides[axis])
    const extent = windowExtent({ ...window, padding: [0, 0, 0, 0] }, axis)
    return Math.max(0, (output - 1) * window.strides[axis] + extent - size[axis])
  })
  const [rows = 0, columns = 0] = needed
  return [Math.floor(rows / 2), Math.ceil(columns / 2), Math.ceil(rows / 2), Math.floor(columns / 2)]
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value)
}
