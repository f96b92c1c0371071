/**
 * The number fields of the training form: where each stands in the specification, its range (taken from the specification's own schema, so
 * that the two cannot drift apart), and how it steps.
 */
import type { z } from 'zod'
import { experimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { optimizerSpec } from '../../experiments/spec/optimizer-spec.ts'
import type { Ladder } from '../components/number-ladder.ts'

export interface NumberRule {
  readonly path: string
  readonly whole: boolean
  readonly optional: boolean
  readonly low: number
  readonly high: number
  /** Whether the bound itself is outside. */
  readonly lowOpen: boolean
  readonly highOpen: boolean
  /** What is typed divided by this is the value: 100 for percentages. */
  readonly scale: number
  readonly ladder: Ladder
}

const { train, data, checkpoints, seed } = experimentSpec.shape
const sgd = optimizerSpec.options[0].shape

/** Range and steps of a number as a schema has them. */
export function ruleOf(
  path: string,
  schema: z.ZodNumber,
  steps: Pick<Ladder, 'kind' | 'start' | 'by'>,
  options: { optional?: boolean; scale?: number } = {},
): NumberRule {
  const scale = options.scale ?? 1
  const low = (schema.minValue ?? -Infinity) * scale
  const high = (schema.maxValue ?? Infinity) * scale
  return {
    path,
    whole: schema.format?.includes('int') ?? false,
    optional: options.optional ?? false,
    low,
    high,
    lowOpen: !schema.safeParse(low / scale).success,
    highOpen: !schema.safeParse(high / scale).success,
    scale,
    ladder: { ...steps, low, high },
  }
}

export const numberRules = {
  epochs: ruleOf('train.epochs', train.shape.epochs, { kind: 'count', start: 5 }),
  batchSize: ruleOf('train.batchSize', train.shape.batchSize, { kind: 'double', start: 128 }),
  learningRate: ruleOf('train.learningRate', train.shape.learningRate, { kind: 'one-two-five', start: 0.05 }),
  momentum: ruleOf('train.optimizer.momentum', sgd.momentum.unwrap(), { kind: 'count', by: 0.05, start: 0.9 }),
  validation: ruleOf(
    'data.validation',
    data.shape.validation.unwrap(),
    { kind: 'count', by: 5, start: 10 },
    { scale: 100 },
  ),
  limit: ruleOf('data.limit', data.shape.limit.unwrap(), { kind: 'double', start: 1024 }, { optional: true }),
  inputSize: ruleOf(
    'data.inputSize',
    data.shape.inputSize.unwrap(),
    { kind: 'count', by: 4, start: 28 },
    { optional: true },
  ),
  threads: ruleOf('data.threads', data.shape.threads.unwrap(), { kind: 'double', start: 2 }, { optional: true }),
  weightDecay: ruleOf(
    'train.weightDecay',
    train.shape.weightDecay.unwrap(),
    { kind: 'one-two-five', start: 0.0005 },
    { optional: true },
  ),
  clipNorm: ruleOf(
    'train.gradientClip.norm',
    train.shape.gradientClip.unwrap().shape.norm.unwrap(),
    { kind: 'one-two-five', start: 1 },
    { optional: true },
  ),
  labelSmoothing: ruleOf(
    'train.labelSmoothing',
    train.shape.labelSmoothing.unwrap(),
    { kind: 'count', by: 0.05, start: 0.1 },
    { optional: true },
  ),
  patience: ruleOf(
    'train.earlyStopping.patience',
    train.shape.earlyStopping.unwrap().shape.patience.unwrap(),
    { kind: 'count', start: 10 },
    { optional: true },
  ),
  checkpointSteps: ruleOf(
    'checkpoints.everySteps',
    checkpoints.unwrap().shape.everySteps.unwrap(),
    { kind: 'double', start: 1024 },
    { optional: true },
  ),
  seed: ruleOf('seed', seed.unwrap(), { kind: 'count', start: 1 }),
} as const

export type NumberFieldName = keyof typeof numberRules
export const numberFieldNames = Object.keys(numberRules) as readonly NumberFieldName[]

/** The number that a text means, in the specification's unit; undefined when it means none. */
export function readNumber(text: string, { scale }: NumberRule): number | undefined {
  const trimmed = text.trim().replaceAll(/[\s,_]/g, '')
  if (trimmed === '') return undefined
  const value = Number(trimmed)
  if (!Number.isFinite(value)) return undefined
  return scale === 1 ? value : Number((value / scale).toPrecision(12))
}

export function writeNumber(value: number, { scale }: NumberRule): string {
  return String(Number((value * scale).toPrecision(12)))
}

export type NumberProblem = 'required' | 'number' | 'whole' | 'range'

/** What is wrong with a text, as a kind; the words come from the language. */
export function checkNumber(text: string, rule: NumberRule): NumberProblem | undefined {
  if (text.trim() === '') return rule.optional ? undefined : 'required'
  const value = readNumber(text, rule)
  if (value === undefined) return 'number'
  const shown = value * rule.scale
  if (rule.lowOpen ? shown <= rule.low : shown < rule.low) return 'range'
  if (rule.highOpen ? shown >= rule.high : shown > rule.high) return 'range'
  return rule.whole && !Number.isInteger(value) ? 'whole' : undefined
}
