/**
 * The search space of a sweep: its axes in an order in which conditions come after what they ask about. A configuration holds the values of
 * the axes that exist in it, and nothing of the others.
 */
import type { Issue, JsonValue } from '../../errors/studio-error.ts'
import { nearestName } from '../../text/nearest-name.ts'
import { listedAxis, realAxis, steppedAxis, type Axis } from './axis.ts'
import { axisName, type AxisCondition, type AxisSpec } from './axis-spec.ts'

export type Configuration = Readonly<Record<string, JsonValue>>

export interface SearchSpace {
  /** Conditions only ask about axes in front. */
  readonly axes: readonly Axis[]
}

export type CompiledSpace =
  { readonly ok: true; readonly space: SearchSpace } | { readonly ok: false; readonly issues: readonly Issue[] }

/** Finds every contradiction at once. */
export function compileSpace(specs: readonly AxisSpec[]): CompiledSpace {
  const issues: Issue[] = []
  if (specs.length === 0) {
    issues.push({
      code: 'missing-value',
      path: 'space',
      message: 'a sweep needs at least one axis: name a path and what it may be',
    })
  }
  const axes = specs.flatMap((spec, i) => compileAxis(spec, `space.${i}`, issues) ?? [])
  const byName = new Map<string, Axis>()
  axes.forEach((axis) => {
    if (byName.has(axis.name)) {
      issues.push({
        code: 'out-of-range',
        path: 'space',
        message: `two axes are called "${axis.name}"; give one another name`,
      })
    }
    byName.set(axis.name, axis)
  })
  axes.forEach((axis) => {
    const index = specs.findIndex((spec) => axisName(spec) === axis.name)
    checkConditions(axis, `space.${index}.when`, byName, issues)
  })
  const ordered = orderByConditions(axes, issues)
  return issues.length > 0 ? { ok: false, issues } : { ok: true, space: { axes: ordered } }
}

function compileAxis(spec: AxisSpec, path: string, issues: Issue[]): Axis | undefined {
  const problem = (code: Issue['code'], message: string, field = '') => {
    issues.push({ code, path: field === '' ? path : `${path}.${field}`, message })
    return undefined
  }
  const paths = [...(spec.path === undefined ? [] : [spec.path]), ...(spec.paths ?? [])]
  if (paths.length === 0)
    return problem('missing-value', 'an axis needs the path it changes, such as train.learningRate', 'path')
  const conditions = spec.when === undefined ? [] : Array.isArray(spec.when) ? spec.when : [spec.when]
  const parts = { name: axisName(spec), paths, apply: spec.apply, conditions }
  if ((spec.values === undefined) === (spec.range === undefined)) {
    return problem('missing-value', 'expected either "values" (a list) or "range" ([from, to])')
  }
  if (spec.values !== undefined) {
    const keys = spec.values.map((value) => JSON.stringify(value))
    const twice = keys.find((key, i) => keys.indexOf(key) !== i)
    if (twice !== undefined) return problem('out-of-range', `the value ${twice} is listed twice`, 'values')
    if (spec.labels !== undefined && spec.labels.length !== spec.values.length) {
      return problem(
        'out-of-range',
        `expected ${spec.values.length} labels, one a value; got ${spec.labels.length}`,
        'labels',
      )
    }
    return listedAxis(parts, spec.values, spec.labels ?? [])
  }
  const [low, high] = spec.range ?? [0, 0]
  if (!(low < high))
    return problem('out-of-range', `expected [from, to] with from below to; got [${low}, ${high}]`, 'range')
  if (spec.scale === 'log' && low <= 0) {
    return problem('out-of-range', `a log scale needs a range above 0; got [${low}, ${high}]`, 'range')
  }
  const step = spec.step ?? (spec.integer ? 1 : undefined)
  if (spec.integer && !(Number.isInteger(low) && Number.isInteger(high) && Number.isInteger(step))) {
    return problem('out-of-range', `whole numbers need a whole range and step; got [${low}, ${high}]`, 'range')
  }
  if (step === undefined) return realAxis(parts, low, high, spec.scale, spec.points)
  if (step > high - low) return problem('out-of-range', `the step ${step} is wider than the range`, 'step')
  if (spec.scale === 'log' && low - step / 2 <= 0) {
    return problem(
      'out-of-range',
      `on a log scale the range must begin above half a step; got ${low} with step ${step}`,
      'range',
    )
  }
  return steppedAxis(parts, { low, high, step }, spec.scale, spec.points)
}

function checkConditions(axis: Axis, path: string, byName: ReadonlyMap<string, Axis>, issues: Issue[]): void {
  for (const condition of axis.conditions) {
    const parent = byName.get(condition.axis)
    if (parent === undefined) {
      const near = nearestName(condition.axis, [...byName.keys()])
      const hint = near === undefined ? '' : `; did you mean "${near}"?`
      issues.push({ code: 'missing-value', path, message: `no axis is called "${condition.axis}"${hint}` })
    } else if (condition.in === undefined && condition.min === undefined && condition.max === undefined) {
      issues.push({ code: 'missing-value', path, message: 'a condition needs "in", "min" or "max"' })
    } else if (!canHold(condition, parent)) {
      const message = `"${axis.name}" can never exist: "${parent.name}" takes no value that satisfies ${JSON.stringify(condition)}`
      issues.push({ code: 'out-of-range', path, message })
    }
  }
}

function canHold(condition: AxisCondition, parent: Axis): boolean {
  if (condition.in !== undefined) {
    return condition.in.some(
      (value) => parent.positionOf(value) !== undefined && holds({ ...condition, in: undefined }, value),
    )
  }
  const steps = parent.levels === undefined ? 1000 : Math.min(parent.levels, 10_000)
  return Array.from({ length: steps + 1 }, (_, i) => parent.valueAt(i / steps)).some((value) => holds(condition, value))
}

function holds(condition: AxisCondition, value: JsonValue | undefined): boolean {
  if (value === undefined) return false
  if (condition.in !== undefined && !condition.in.some((wanted) => JSON.stringify(wanted) === JSON.stringify(value)))
    return false
  if (condition.min === undefined && condition.max === undefined) return true
  return typeof value === 'number' && value >= (condition.min ?? -Infinity) && value <= (condition.max ?? Infinity)
}

function orderByConditions(axes: readonly Axis[], issues: Issue[]): readonly Axis[] {
  const ordered: Axis[] = []
  let waiting = [...axes]
  while (waiting.length > 0) {
    const known = new Set(ordered.map(({ name }) => name))
    const names = new Set(axes.map(({ name }) => name))
    const ready = waiting.filter(({ conditions }) =>
      conditions.every(({ axis }) => known.has(axis) || !names.has(axis)),
    )
    if (ready.length === 0) {
      const circle = waiting.map(({ name }) => `"${name}"`).join(', ')
      issues.push({
        code: 'out-of-range',
        path: 'space',
        message: `these axes depend on each other in a circle: ${circle}`,
      })
      return axes
    }
    ordered.push(...ready)
    waiting = waiting.filter((axis) => !ready.includes(axis))
  }
  return ordered
}

/** Whether the axis exists beside the values so far. */
export function isActive(axis: Axis, values: Configuration): boolean {
  return axis.conditions.every((condition) => holds(condition, values[condition.axis]))
}

/** Asks `positionOf` for each axis that exists, in order, and returns the values. */
export function buildConfiguration(
  space: SearchSpace,
  positionOf: (axis: Axis, index: number) => number,
): Configuration {
  const values: Record<string, JsonValue> = {}
  space.axes.forEach((axis, index) => {
    if (isActive(axis, values)) values[axis.name] = axis.valueAt(positionOf(axis, index))
  })
  return values
}

/** Position of each axis; undefined for one that does not exist in the configuration or has no such value any more. */
export function positionsOf(space: SearchSpace, configuration: Configuration): readonly (number | undefined)[] {
  return space.axes.map((axis) => {
    const value = configuration[axis.name]
    return value === undefined ? undefined : axis.positionOf(value)
  })
}

/** The same for equal configurations, whatever the order of their keys. */
export function configurationKey(configuration: Configuration): string {
  return JSON.stringify(Object.entries(configuration).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether all values still belong to the space, after it was edited. */
export function belongsTo(space: SearchSpace, configuration: Configuration): boolean {
  const active = space.axes.filter((axis) => isActive(axis, configuration))
  return (
    active.length === Object.keys(configuration).length &&
    active.every((axis) => axis.positionOf(configuration[axis.name] ?? null) !== undefined)
  )
}

/** Number of different configurations of a discrete space without conditions counted apart; undefined when one axis is continuous. */
export function spaceSize(space: SearchSpace): number | undefined {
  let size = 1
  for (const { levels } of space.axes) {
    if (levels === undefined) return undefined
    size *= levels
  }
  return size
}
