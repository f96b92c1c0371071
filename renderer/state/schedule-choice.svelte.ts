/**
 * The learning-rate schedule of the training form. Its fields follow from the schema of each schedule, so a new one needs nothing here but its
 * words.
 */
import { z } from 'zod'
import { scheduleSpec, type ScheduleSpec } from '../../experiments/spec/schedule-spec.ts'
import { checkNumber, readNumber, ruleOf, type NumberProblem, type NumberRule } from './training-fields.ts'

export type ScheduleType = ScheduleSpec['type']

export type ScheduleField =
  | { readonly kind: 'number'; readonly key: string; readonly rule: NumberRule; readonly usual: string }
  | { readonly kind: 'choice'; readonly key: string; readonly choices: readonly string[]; readonly usual: string }
  /** Whole numbers, separated by commas. */
  | { readonly kind: 'list'; readonly key: string; readonly usual: string }

export const scheduleTypes: readonly ScheduleType[] = scheduleSpec.options.map(({ shape }) => shape.type.value)

const warmUpShape = z.strictObject({ epochs: z.number().positive().max(100_000) }).shape
export const warmUpRule = ruleOf(
  'train.schedule.warmUp.epochs',
  warmUpShape.epochs,
  { kind: 'count', start: 1 },
  { optional: true },
)

export class ScheduleChoice {
  type: ScheduleType = $state('constant')
  texts: Record<string, string> = $state({})
  /** Epochs of warm-up; empty is none. */
  warmUp = $state('')
  /** What was taken over and is not shown. */
  #base: ScheduleSpec | undefined = $state.raw()

  readonly fields: readonly ScheduleField[] = $derived(fieldsOf(this.type))
  readonly hasWarmUp = $derived(
    scheduleSpec.options.some(({ shape }) => shape.type.value === this.type && 'warmUp' in shape),
  )

  readonly problems: ReadonlyMap<string, NumberProblem> = $derived.by(() => {
    const problems = new Map<string, NumberProblem>()
    for (const field of this.fields) {
      const text = this.texts[field.key] ?? ''
      const problem =
        field.kind === 'number'
          ? checkNumber(text, field.rule)
          : field.kind === 'list' && readList(text) === undefined
            ? 'whole'
            : undefined
      if (problem) problems.set(field.key, problem)
    }
    const problem = this.hasWarmUp ? checkNumber(this.warmUp, warmUpRule) : undefined
    if (problem) problems.set('warmUp', problem)
    return problems
  })

  /** As the specification has it; undefined for a rate that stays, which is written by saying nothing. */
  readonly spec: ScheduleSpec | undefined = $derived.by(() => {
    const base = this.#base?.type === this.type ? this.#base : undefined
    const warmUp = this.hasWarmUp ? readNumber(this.warmUp, warmUpRule) : undefined
    const { warmUp: known, ...rest } = (base ?? {}) as { warmUp?: { epochs: number; from: number } }
    if (this.type === 'constant' && warmUp === undefined) return base && known === undefined ? base : undefined
    const values = this.fields.map((field) => [field.key, valueOf(field, this.texts[field.key] ?? '')])
    return {
      ...rest,
      type: this.type,
      ...Object.fromEntries(values),
      ...(warmUp !== undefined && { warmUp: { ...known, epochs: warmUp } }),
    } as ScheduleSpec
  })

  /** @param epochs of the run: drops are spread over them */
  choose(type: ScheduleType, epochs: number): void {
    this.type = type
    const spread: Readonly<Record<string, string>> = {
      every: String(Math.max(1, Math.round(epochs / 3))),
      epochs: [...new Set([Math.max(1, Math.round(epochs / 2)), Math.max(1, Math.round(epochs * 0.75))])].join(', '),
    }
    this.texts = Object.fromEntries(
      fieldsOf(type).map(({ key, usual }) => [key, usual === '' ? (spread[key] ?? '') : usual]),
    )
  }

  take(spec: ScheduleSpec | undefined): void {
    this.#base = spec
    this.type = spec?.type ?? 'constant'
    const values = (spec ?? {}) as Readonly<Record<string, unknown>>
    this.texts = Object.fromEntries(
      fieldsOf(this.type).map(({ key, usual }) => {
        const value = values[key]
        if (Array.isArray(value)) return [key, value.join(', ')]
        return [key, typeof value === 'number' || typeof value === 'string' ? String(value) : usual]
      }),
    )
    const warmUp = spec && 'warmUp' in spec ? spec.warmUp : undefined
    this.warmUp = warmUp === undefined ? '' : String(warmUp.epochs)
  }
}

function fieldsOf(type: ScheduleType): readonly ScheduleField[] {
  const option = scheduleSpec.options.find(({ shape }) => shape.type.value === type)
  return Object.entries(option?.shape ?? {}).flatMap(([key, schema]): readonly ScheduleField[] => {
    if (key === 'type' || key === 'warmUp') return []
    const inner = schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : (schema as z.ZodType)
    const initial: unknown = schema instanceof z.ZodDefault ? schema.parse(undefined) : undefined
    const usual = typeof initial === 'number' || typeof initial === 'string' ? String(initial) : ''
    if (inner instanceof z.ZodEnum) return [{ kind: 'choice', key, choices: inner.options.map(String), usual }]
    if (inner instanceof z.ZodArray) return [{ kind: 'list', key, usual }]
    if (!(inner instanceof z.ZodNumber)) return []
    const whole = inner.format?.includes('int') ?? false
    const start = usual === '' ? 1 : Number(usual)
    const rule = ruleOf(`train.schedule.${key}`, inner, { kind: whole ? 'count' : 'one-two-five', start })
    return [{ kind: 'number', key, rule, usual }]
  })
}

function valueOf(field: ScheduleField, text: string): unknown {
  if (field.kind === 'number') return readNumber(text, field.rule)
  return field.kind === 'list' ? readList(text) : text
}

function readList(text: string): readonly number[] | undefined {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '')
  const numbers = parts.map(Number)
  return numbers.length > 0 && numbers.every((number) => Number.isInteger(number) && number >= 1) ? numbers : undefined
}
