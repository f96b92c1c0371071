/** Settings of the training that a sweep can vary. Optimizer and schedule are varied as a whole, and number by number as they stand. */
import { z } from 'zod'
import type { JsonValue } from '../../errors/studio-error.ts'
import { optimizerSpec } from '../../spec/optimizer-spec.ts'
import { scheduleSpec } from '../../spec/schedule-spec.ts'
import type { AxisChoice, AxisPlace } from './axis-place.ts'

type Settings = Readonly<Record<string, JsonValue | undefined>>
type Typed = { readonly type?: string; readonly warmUp?: Settings } & Settings

export function trainingPlaces(experiment: Readonly<Record<string, unknown>>): readonly AxisPlace[] {
  const train = (experiment['train'] ?? {}) as Settings
  const data = (experiment['data'] ?? {}) as Settings
  const optimizer = train['optimizer'] as Typed | undefined
  const schedule = (train['schedule'] ?? { type: 'constant' }) as Typed
  const augment = data['augment'] ?? []
  return [
    { path: 'train.learningRate', kind: 'real', min: 1e-9, max: 1000, value: train['learningRate'] },
    { path: 'train.weightDecay', kind: 'real', min: 0, max: 10, value: train['weightDecay'] ?? 0 },
    { path: 'train.batchSize', kind: 'integer', min: 1, max: 65_536, value: train['batchSize'] },
    choice('train.optimizer', optimizer as JsonValue | undefined, optimizerChoices(optimizer)),
    ...numbersOf('train.optimizer', optimizerSpec.options, optimizer),
    choice('train.schedule', schedule as JsonValue, scheduleChoices(schedule)),
    ...numbersOf('train.schedule', scheduleSpec.options, schedule),
    ...(schedule.warmUp === undefined
      ? []
      : [{ path: 'train.schedule.warmUp.epochs', ...warmUpRange, value: schedule.warmUp['epochs'] }]),
    { path: 'train.labelSmoothing', kind: 'real', min: 0, max: 0.99, value: train['labelSmoothing'] ?? 0 },
    { path: 'train.gradientClip.norm', kind: 'real', min: 1e-6, max: 1e9, value: undefined },
    ...(Array.isArray(augment) && augment.length > 0 ? [choice('data.augment', augment, augmentChoices(augment))] : []),
  ]
}

const warmUpRange = { kind: 'real', min: 0.1, max: 100_000 } as const

function choice(path: string, value: JsonValue | undefined, choices: readonly AxisChoice[]): AxisPlace {
  return { path, kind: 'choice', choices, value }
}

function optimizerChoices(current: Typed | undefined): readonly AxisChoice[] {
  return optimizerSpec.options.map(({ shape }) => {
    const type = shape.type.value
    if (type === current?.type) return { value: current as JsonValue, label: type }
    return { value: type === 'sgd' ? { type, momentum: 0.9 } : { type }, label: type }
  })
}

/** Those that need nothing said, beside what stands there; a range test is no way to train. */
function scheduleChoices(current: Typed): readonly AxisChoice[] {
  const types = scheduleSpec.options.map(({ shape }) => shape.type.value)
  return types.flatMap((type): readonly AxisChoice[] => {
    if (type === current.type) return [{ value: current as JsonValue, label: type }]
    const isWhole = type !== 'range-test' && scheduleSpec.safeParse({ type }).success
    return isWhole ? [{ value: { type }, label: type }] : []
  })
}

function augmentChoices(current: readonly JsonValue[]): readonly AxisChoice[] {
  return [
    { value: [], label: 'none' },
    { value: [...current], label: 'augmented' },
  ]
}

/** The numbers of what stands there, with the ranges of its schema. */
function numbersOf(path: string, options: readonly z.ZodObject[], current: Typed | undefined): readonly AxisPlace[] {
  const shape = options.find((option) => z.safeParse(option.shape['type'] as z.ZodType, current?.type).success)?.shape
  return Object.entries(shape ?? {}).flatMap(([name, schema]): readonly AxisPlace[] => {
    const number: unknown = schema instanceof z.ZodDefault ? schema.unwrap() : schema
    if (!(number instanceof z.ZodNumber)) return []
    const isWhole = number.format?.includes('int') === true
    const [low, high] = [number.minValue ?? 0, number.maxValue ?? 1e9]
    const edge = isWhole ? 0 : 1e-9
    return [
      {
        path: `${path}.${name}`,
        kind: isWhole ? 'integer' : 'real',
        min: number.safeParse(low).success ? low : low + edge,
        max: number.safeParse(high).success ? high : high - edge,
        value: current?.[name] ?? defaultOf(schema),
      },
    ]
  })
}

function defaultOf(schema: unknown): JsonValue | undefined {
  return schema instanceof z.ZodDefault ? (schema.def.defaultValue as JsonValue) : undefined
}
