/** A place of an experiment that a sweep can vary, with what stands there now and what may; and a first guess at an axis around it. */
import type { JsonValue } from '../../errors/studio-error.ts'

export type AxisPlace = {
  /** The path of the place, and the name of its axis. Of several places a name alone. */
  readonly path: string
  /** Where several places change together: their paths. */
  readonly paths?: readonly string[]
  /** Whether the values of the axis are factors of what stands there. */
  readonly multiplies?: boolean
  /** What stands there; undefined where that is an expression, nothing, or not the same in all places. */
  readonly value: JsonValue | undefined
} & (
  | { readonly kind: 'integer' | 'real'; readonly min: number; readonly max: number; readonly isSize?: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly AxisChoice[] }
)

export interface AxisChoice {
  readonly value: JsonValue
  readonly label: string
}

export type SuggestedAxis =
  | { readonly kind: 'values'; readonly values: readonly JsonValue[] }
  | { readonly kind: 'range' | 'log'; readonly from: number; readonly to: number }

/** A first guess around what stands there. */
export function suggestAxis(place: AxisPlace): SuggestedAxis {
  if (place.kind === 'choice') return { kind: 'values', values: place.choices.map(({ value }) => value) }
  const { path, min, max } = place
  const value = typeof place.value === 'number' ? place.value : undefined
  const clamp = (number: number) => Math.min(max, Math.max(min, number))
  if (place.multiplies === true) return { kind: 'log', from: 0.5, to: 2 }
  if (place.kind === 'integer') {
    const middle = value ?? clamp(8)
    if (place.isSize === true) {
      const step = path.endsWith('stride') || path.endsWith('dilation') ? 1 : 2
      return { kind: 'values', values: unique([middle - step, middle, middle + step].map(clamp)) }
    }
    if (path.endsWith('repeat.times')) return { kind: 'range', from: clamp(middle - 1), to: clamp(middle + 2) }
    if (path === 'train.batchSize')
      return { kind: 'values', values: unique([middle / 2, middle, middle * 2].map(Math.round).map(clamp)) }
    const [from, to] = [clamp(Math.round(middle / 2)), clamp(middle * 2)]
    return from > 0 && from < to ? { kind: 'log', from, to } : { kind: 'range', from: min, to: clamp(min + 4) }
  }
  if (path === 'train.weightDecay') return { kind: 'log', from: 0.00001, to: 0.01 }
  if (path === 'train.labelSmoothing') return { kind: 'range', from: 0, to: 0.2 }
  if (path === 'train.gradientClip.norm') return { kind: 'log', from: 0.1, to: 10 }
  if (max <= 1)
    return { kind: 'range', from: clamp(round((value ?? 0.5) - 0.3)), to: clamp(round((value ?? 0.5) + 0.3)) }
  const middle = value === undefined || value <= 0 ? 1 : value
  return { kind: 'log', from: clamp(round(middle / 10)), to: clamp(round(middle * 10)) }
}

function unique(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
