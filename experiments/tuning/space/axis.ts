/**
 * A compiled axis. Searchers see positions from 0 to 1 only: a continuous axis is the whole interval, a discrete one is cut into cells, one a
 * level, so that a uniform position is a uniform (or log-uniform) value. The levels of an unordered axis are cells without neighbourhood.
 */
import type { JsonValue } from '../../errors/studio-error.ts'
import type { AxisCondition } from './axis-spec.ts'

export interface Axis {
  readonly name: string
  readonly paths: readonly string[]
  readonly apply: 'set' | 'multiply'
  readonly conditions: readonly AxisCondition[]
  /** Number of values; undefined where they are continuous. */
  readonly levels: number | undefined
  /** Whether near positions mean near values. */
  readonly isOrdered: boolean
  readonly scale: 'linear' | 'log'
  /** Positions that a grid visits. */
  readonly grid: readonly number[]
  /** @param position 0 to 1 */
  valueAt(position: number): JsonValue
  /** Middle of the value's cell; undefined when the axis has no such value. */
  positionOf(value: JsonValue): number | undefined
  /** The cell around a position: low, high. Zero wide where values are continuous. */
  cellAt(position: number): readonly [number, number]
  labelOf(value: JsonValue): string
}

type Parts = Pick<Axis, 'name' | 'paths' | 'apply' | 'conditions'>

export function realAxis(parts: Parts, low: number, high: number, scale: 'linear' | 'log', points: number): Axis {
  const [from, to] = scale === 'log' ? [Math.log(low), Math.log(high)] : [low, high]
  const back = (x: number) => (scale === 'log' ? Math.exp(x) : x)
  const valueAt = (position: number) => {
    if (position <= 0) return low
    return position >= 1 ? high : roundTo(back(from + (to - from) * position), 12)
  }
  return {
    ...parts,
    levels: undefined,
    isOrdered: true,
    scale,
    grid: Array.from({ length: points }, (_, i) => (points === 1 ? 0.5 : i / (points - 1))),
    valueAt,
    positionOf: (value) => {
      if (typeof value !== 'number' || value < low - 1e-12 || value > high * (1 + 1e-12) + 1e-12) return undefined
      if (to === from) return 0.5
      return clamp(((scale === 'log' ? Math.log(value) : value) - from) / (to - from))
    },
    cellAt: (position) => [position, position],
    labelOf: showValue,
  }
}

/** Values `low`, `low + step`, ... up to `high`. On a log scale a level's share is the logarithm of its width. */
export function steppedAxis(
  parts: Parts,
  range: { readonly low: number; readonly high: number; readonly step: number },
  scale: 'linear' | 'log',
  points: number,
): Axis {
  const { low, step } = range
  const levels = Math.floor((range.high - low) / step + 1e-9) + 1
  const edge = (level: number) => low + (level - 0.5) * step
  const map = (x: number) => (scale === 'log' ? Math.log(x) : x)
  const [from, to] = [map(edge(0)), map(edge(levels))]
  const positionOfEdge = (level: number) => (map(edge(level)) - from) / (to - from)
  const levelAt = (position: number) => {
    const x = from + (to - from) * clamp(position)
    return Math.min(levels - 1, Math.max(0, Math.round(((scale === 'log' ? Math.exp(x) : x) - low) / step)))
  }
  const middle = (level: number) => (positionOfEdge(level) + positionOfEdge(level + 1)) / 2
  const count = Math.min(points, levels)
  const visited = Array.from({ length: count }, (_, i) => levelAt(count === 1 ? 0.5 : i / (count - 1)))
  return {
    ...parts,
    levels,
    isOrdered: true,
    scale,
    grid: [...new Set(visited)].map(middle),
    valueAt: (position) => roundTo(low + levelAt(position) * step, 12),
    positionOf: (value) => {
      if (typeof value !== 'number') return undefined
      const level = Math.round((value - low) / step)
      const isLevel = level >= 0 && level < levels && Math.abs(low + level * step - value) < 1e-9 * Math.max(1, step)
      return isLevel ? middle(level) : undefined
    },
    cellAt: (position) => {
      const level = levelAt(position)
      return [positionOfEdge(level), positionOfEdge(level + 1)]
    },
    labelOf: showValue,
  }
}

/** Exactly these values. Ascending numbers are ordered, everything else is not. */
export function listedAxis(parts: Parts, values: readonly JsonValue[], labels: readonly string[]): Axis {
  const levels = values.length
  const keys = values.map((value) => JSON.stringify(value))
  const levelAt = (position: number) => Math.min(levels - 1, Math.floor(clamp(position) * levels))
  return {
    ...parts,
    levels,
    isOrdered: levels > 1 && isAscending(values),
    scale: 'linear',
    grid: values.map((_, i) => (i + 0.5) / levels),
    valueAt: (position) => values[levelAt(position)] ?? null,
    positionOf: (value) => {
      const level = keys.indexOf(JSON.stringify(value))
      return level < 0 ? undefined : (level + 0.5) / levels
    },
    cellAt: (position) => [levelAt(position) / levels, (levelAt(position) + 1) / levels],
    labelOf: (value) => labels[keys.indexOf(JSON.stringify(value))] ?? showValue(value),
  }
}

function isAscending(values: readonly JsonValue[]): boolean {
  return values.every((value, i) => {
    const before = values[i - 1]
    return typeof value === 'number' && (i === 0 || (typeof before === 'number' && before < value))
  })
}

function showValue(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function clamp(position: number): number {
  return Math.min(1, Math.max(0, position))
}

/** Significant digits: 0.30000000000000004 would be neither written nor compared well. */
function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}
