/**
 * The fields of a run that a table can show, a filter can ask for and an export can hold: one flat record of plain values. Settings are
 * named by their path in the experiment file, metrics as `split.name` with the last value, `.best` and `.atBest` (at the best epoch).
 */
import { settingsOf } from '../diff/diff-specs.ts'
import type { RunSummary } from '../runs/run-record.ts'
import type { ExperimentSpec } from '../spec/experiment-spec.ts'

export type FieldValue = string | number | boolean | null | string[]
export type RunFields = Readonly<Record<string, FieldValue>>

/** Fields of every run, in the order in which lists of columns show them. */
export const runFieldNames = [
  ...['id', 'name', 'status', 'network', 'dataset', 'engine', 'seed', 'parameters', 'configuration'],
  ...['epoch', 'epochs', 'step', 'steps', 'created', 'started', 'ended', 'seconds', 'imagesPerSecond'],
  ...['best.accuracy', 'best.epoch', 'test.accuracy', 'test.loss', 'error'],
  ...['starred', 'colour', 'tags', 'note', 'archived', 'parent', 'parent.epoch'],
] as const

/** Settings that are fields of their own, or change no result. */
const ownFields: ReadonlySet<string> = new Set(['seed', 'engine', 'device', 'onDeviceLoss'])

/** Losses and accuracies of one epoch, or the best of each over all of them. */
export type EpochMeasures = Readonly<
  Record<'train.loss' | 'train.accuracy', number> & Record<'validation.loss' | 'validation.accuracy', number | null>
>

export interface RunFieldsSource {
  readonly run: RunSummary
  readonly spec: ExperimentSpec
  readonly configuration: string
  /** The best of each over all epochs. */
  readonly extremes: EpochMeasures | null
  /** Of the epoch with the best accuracy. */
  readonly atBest: EpochMeasures | null
}

export function runFields({ run, spec, configuration, extremes, atBest }: RunFieldsSource): RunFields {
  const { progress, best, test, review } = run
  const settings = settingsOf(spec).filter(([path]) => !ownFields.has(path))
  return {
    ...{ id: run.id, name: run.name, status: run.status, network: run.network, dataset: run.dataset },
    ...{ engine: run.engine, seed: run.seed, parameters: run.parameters, configuration },
    ...{ epoch: run.lastEpoch?.epoch ?? 0, epochs: progress.epochs, step: progress.step, steps: progress.steps },
    ...{ created: run.createdAt, started: run.startedAt, ended: run.endedAt },
    seconds: run.startedAt !== null && run.endedAt !== null ? (run.endedAt - run.startedAt) / 1000 : null,
    imagesPerSecond: progress.imagesPerSecond,
    ...{ 'best.accuracy': best?.accuracy ?? null, 'best.epoch': best?.epoch ?? null },
    ...{ 'test.accuracy': test?.accuracy ?? null, 'test.loss': test?.loss ?? null, error: run.error?.code ?? null },
    ...{ starred: review.starred, colour: review.colour, tags: review.tags, note: review.note },
    ...{ archived: review.archived, parent: review.parent?.run ?? null, 'parent.epoch': review.parent?.epoch ?? null },
    ...Object.fromEntries(settings.map(([path, value]) => [path, plain(value)])),
    ...metricFields(run, extremes, atBest),
  }
}

function plain(value: unknown): FieldValue {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as FieldValue
  return JSON.stringify(value)
}

const measured = ['train.loss', 'train.accuracy', 'validation.loss', 'validation.accuracy'] as const

function metricFields(
  { lastEpoch }: RunSummary,
  extremes: EpochMeasures | null,
  atBest: EpochMeasures | null,
): RunFields {
  if (!lastEpoch || !extremes) return {}
  const { train, validation } = lastEpoch
  const last: EpochMeasures = {
    ...{ 'train.loss': train.loss, 'train.accuracy': train.accuracy },
    ...{ 'validation.loss': validation?.loss ?? null, 'validation.accuracy': validation?.accuracy ?? null },
  }
  const fields: Record<string, FieldValue> = {}
  for (const name of measured) {
    if (extremes[name] === null) continue
    fields[name] = last[name]
    fields[`${name}.best`] = extremes[name]
    if (atBest) fields[`${name}.atBest`] = atBest[name]
  }
  return fields
}
