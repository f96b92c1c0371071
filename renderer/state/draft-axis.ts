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
  /** The axis exists only where another one has this value: `name=index`; empty: always. */
  when: string
  /** Of an axis from a file: what has no field here and stays. */
  readonly kept: Partial<AxisSpecInput>
}

/** A value of another axis that this one may depend on. */
export interface AxisDependence {
  readonly key: string
  readonly axis: string
  readonly value: JsonValue
}

export function draftOf(place: AxisPlace, kind?: AxisKind): DraftAxis {
  const suggested = suggestAxis(place)
  const empty = { place, from: '', to: '', values: '', when: '', chosen: [], kept: {} }
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
  const condition = dependences.find(({ key }) => key === axis.when)
  const when = condition && { when: { axis: condition.axis, in: [condition.value as z.core.util.JSONType] } }
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
    ...{ scale: kind === 'log' ? 'log' : 'linear', integer: kept.integer ?? place.kind === 'integer', ...when },
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
    when: whenKey(when),
    kept: {
      ...(name !== undefined && { name }),
      ...(paths !== undefined && { paths }),
      ...(apply !== 'set' && { apply }),
      ...(range && { integer }),
      ...(step !== undefined && { step }),
      ...(points !== 5 && { points }),
      ...(when !== undefined && whenKey(when) === '' && { when }),
    },
  }
}

/** Values of an axis that lists them: those that another one can depend on. */
export function listedValues(axis: DraftAxis): readonly JsonValue[] {
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

export function dependenceKey(axis: string, value: JsonValue): string {
  return `${axis}=${JSON.stringify(value)}`
}

/** A value that is a list itself is one value. */
function nested(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [] : [value]
}

/** Empty where there is no condition, or one that the field cannot say. */
function whenKey(when: AxisSpec['when']): string {
  const conditions: readonly AxisCondition[] = when === undefined ? [] : Array.isArray(when) ? when : [when]
  const [condition] = conditions
  if (conditions.length !== 1 || condition?.in?.length !== 1) return ''
  if (condition.min !== undefined || condition.max !== undefined) return ''
  return dependenceKey(condition.axis, condition.in[0] as JsonValue)
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
