/** An axis of a sweep as it is typed, and the way to and from the axis of a sweep's file. */
import type { z } from 'zod'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import { suggestAxis, type AxisPlace } from '../../experiments/tuning/places/axis-place.ts'
import {
  axisName,
  type AxisCondition,
  type AxisSpec,
  type AxisSpecInput,
} from '../../experiments/tuning/space/axis-spec.ts'

export type AxisKind = 'range' | 'log' | 'values'

export interface DraftAxis {
  readonly place: AxisPlace
  kind: AxisKind
  from: string
  to: string
  /** Separated by commas, of a list of numbers. */
  values: string
  /** Of a choice: which are in, by their index. */
  chosen: readonly number[]
  /** Of a range: how many points a grid visits. */
  points: string
  /** The axis exists only where another one has a value, or lies in a range: the key of an AxisDependence; empty: always. */
  when: string
  /** Of a condition on a range: its ends; an empty one is open. */
  whenFrom: string
  whenTo: string
  /** Of an axis from a file: what has no field here and stays. */
  readonly kept: Partial<AxisSpecInput>
}

/** What of another axis this one may depend on: one of its values, or a range of them. */
export type AxisDependence =
  | { readonly type: 'value'; readonly key: string; readonly axis: string; readonly value: JsonValue }
  | { readonly type: 'range'; readonly key: string; readonly axis: string }

/** Points that a grid takes of a range unless told. */
const usualPoints = '5'

export function draftOf(place: AxisPlace, kind?: AxisKind): DraftAxis {
  const suggested = suggestAxis(place)
  const always = { when: '', whenFrom: '', whenTo: '' }
  const empty = { place, from: '', to: '', values: '', points: usualPoints, ...always, chosen: [], kept: {} }
  if (place.kind === 'choice') return { ...empty, kind: 'values', chosen: place.choices.map((_, index) => index) }
  const draft = { ...empty, kind: kind ?? suggested.kind }
  if (suggested.kind === 'values') {
    const numbers = suggested.values.filter((value) => typeof value === 'number')
    const [from, to] = [Math.min(...numbers), Math.max(...numbers)]
    return { ...draft, values: numbers.join(', '), from: String(from), to: String(to) }
  }
  const { from, to } = suggested
  const middle = typeof place.value === 'number' && place.value > from && place.value < to ? [place.value] : []
  return { ...draft, from: String(from), to: String(to), values: [from, ...middle, to].join(', ') }
}

/** The axis as its file has it. @param dependences values that `when` may name */
export function axisOf(axis: DraftAxis, dependences: readonly AxisDependence[]): AxisSpecInput {
  const { place, kind, kept } = axis
  const dependence = dependences.find(({ key }) => key === axis.when)
  const when = dependence && { when: conditionOf(axis, dependence) }
  const head =
    place.paths === undefined
      ? { path: place.path }
      : { name: place.path, paths: [...place.paths], ...(place.multiplies === true && { apply: 'multiply' as const }) }
  if (kind === 'values') {
    const labels =
      place.kind === 'choice' ? { labels: axis.chosen.map((index) => place.choices[index]?.label ?? '') } : {}
    return { ...head, ...kept, values: listedValues(axis) as AxisSpecInput['values'], ...labels, ...when }
  }
  return {
    ...{ ...head, ...kept, range: [numberOf(axis.from), numberOf(axis.to)] },
    ...{ scale: kind === 'log' ? 'log' : 'linear', integer: kept.integer ?? place.kind === 'integer' },
    ...(axis.points.trim() !== usualPoints && { points: numberOf(axis.points) }),
    ...when,
  }
}

function conditionOf({ whenFrom, whenTo }: DraftAxis, dependence: AxisDependence): AxisCondition {
  if (dependence.type === 'value') {
    return { axis: dependence.axis, in: [dependence.value as z.core.util.JSONType] }
  }
  return {
    axis: dependence.axis,
    ...(whenFrom.trim() !== '' && { min: numberOf(whenFrom) }),
    ...(whenTo.trim() !== '' && { max: numberOf(whenTo) }),
  }
}

/** @param places that are known of the experiment; an axis elsewhere is shown as what it is in its file */
export function draftFrom(spec: AxisSpec, places: readonly AxisPlace[]): DraftAxis {
  const { path, paths, name, apply, values, labels, range, scale, integer, step, points, when } = spec
  const known = places.find((candidate) => candidate.path === (path ?? name) && sameList(candidate.paths, paths))
  const place = withValues(known ?? unknownPlace(spec), values, labels)
  const listed = values ?? []
  return {
    place,
    kind: values ? 'values' : scale === 'log' ? 'log' : 'range',
    from: range ? String(range[0]) : '',
    to: range ? String(range[1]) : '',
    values: place.kind === 'choice' ? '' : listed.map(textOf).join(', '),
    chosen: place.kind === 'choice' ? listed.map((value) => indexOf(place.choices, value)) : [],
    points: String(points),
    ...conditionFields(when),
    kept: {
      ...(name !== undefined && { name }),
      ...(paths !== undefined && { paths }),
      ...(apply !== 'set' && { apply }),
      ...(range && { integer }),
      ...(step !== undefined && { step }),
      ...(when !== undefined && conditionFields(when).when === '' && { when }),
    },
  }
}

/** What others may depend on: its values where it lists them, and a range where they are numbers. */
export function dependencesOn(axis: DraftAxis): readonly AxisDependence[] {
  const name = axis.kept.name ?? axis.place.path
  const values = listedValues(axis)
  const range: AxisDependence = { type: 'range', key: rangeDependenceKey(name), axis: name }
  return [
    ...values.map((value): AxisDependence => ({ type: 'value', key: dependenceKey(name, value), axis: name, value })),
    ...(axis.place.kind !== 'choice' && values.every((value) => typeof value === 'number') ? [range] : []),
  ]
}

/** Values of an axis that lists them. */
function listedValues(axis: DraftAxis): readonly JsonValue[] {
  if (axis.kind !== 'values') return []
  const { place } = axis
  if (place.kind === 'choice') return axis.chosen.flatMap((index) => nested(place.choices[index]?.value))
  return axis.values
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (Number.isNaN(Number(part)) ? part : Number(part)))
}

/** Text that is no number stays text: the check says what it expects there. */
export function numberOf(text: string): number {
  return (text.trim() === '' ? text : Number(text)) as number
}

function dependenceKey(axis: string, value: JsonValue): string {
  return `${axis}=${JSON.stringify(value)}`
}

function rangeDependenceKey(axis: string): string {
  return `${axis}~`
}

/** A value that is a list itself is one value. */
function nested(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [] : [value]
}

/** `when` is empty where there is no condition, or one that the fields cannot say. */
function conditionFields(when: AxisSpec['when']): Pick<DraftAxis, 'when' | 'whenFrom' | 'whenTo'> {
  const none = { when: '', whenFrom: '', whenTo: '' }
  const conditions: readonly AxisCondition[] = when === undefined ? [] : Array.isArray(when) ? when : [when]
  const [condition] = conditions
  if (condition === undefined || conditions.length > 1) return none
  const { axis, in: values, min, max } = condition
  if (values === undefined) {
    const text = (end: number | undefined): string => (end === undefined ? '' : String(end))
    return { when: rangeDependenceKey(axis), whenFrom: text(min), whenTo: text(max) }
  }
  if (values.length > 1 || min !== undefined || max !== undefined) return none
  return { ...none, when: dependenceKey(axis, values[0] as JsonValue) }
}

function sameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function indexOf(choices: readonly { readonly value: JsonValue }[], value: unknown): number {
  return choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value))
}

/** What the file lists and the place does not offer is offered too. */
function withValues(place: AxisPlace, values: AxisSpec['values'], labels: AxisSpec['labels']): AxisPlace {
  if (place.kind !== 'choice' || values === undefined) return place
  const more = values.flatMap((value, i) =>
    indexOf(place.choices, value) >= 0
      ? []
      : [
          {
            value,
            label: labels?.[i] ?? textOf(value),
          },
        ],
  )
  return { ...place, choices: [...place.choices, ...more] }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function unknownPlace(spec: AxisSpec): AxisPlace {
  const { values, labels, integer, paths } = spec
  const place = { path: axisName(spec), ...(paths !== undefined && { paths }), value: undefined }
  if (values && !values.every((value) => typeof value === 'number')) {
    return {
      ...place,
      kind: 'choice',
      choices: values.map((value, i) => ({ value, label: labels?.[i] ?? textOf(value) })),
    }
  }
  return { ...place, kind: integer ? 'integer' : 'real', min: -Infinity, max: Infinity }
}
