/**
 * The fields of a run that a table can show, a filter can ask for and an export can hold: one flat record of plain values. Settings are
 * named by their path in the experiment file, metrics as `split.name` with the last value, `.best` and `.atBest` (at the best epoch).
 */
import { settingsOf } from '../diff/diff-specs.ts'
import type { EpochResult, RunSummary } from '../runs/run-record.ts'
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

export interface RunFieldsSource {
  readonly run: RunSummary
  readonly spec: ExperimentSpec
  readonly epochs: readonly EpochResult[]
  readonly configuration: string
}

export function runFields({ run, spec, epochs, configuration }: RunFieldsSource): RunFields {
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
    ...metricFields(epochs, best?.epoch),
  }
}

function plain(value: unknown): FieldValue {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as FieldValue
  return JSON.stringify(value)
}

const measured = [
  { name: 'train.loss', better: 'lower', of: ({ train }: EpochResult) => train.loss },
  { name: 'train.accuracy', better: 'higher', of: ({ train }: EpochResult) => train.accuracy },
  { name: 'validation.loss', better: 'lower', of: ({ validation }: EpochResult) => validation?.loss },
  { name: 'validation.accuracy', better: 'higher', of: ({ validation }: EpochResult) => validation?.accuracy },
] as const

function metricFields(epochs: readonly EpochResult[], bestEpoch: number | undefined): RunFields {
  const fields: Record<string, FieldValue> = {}
  const last = epochs.at(-1)
  const atBest = epochs.find(({ epoch }) => epoch === bestEpoch)
  for (const { name, better, of } of measured) {
    const values = epochs.flatMap((epoch) => of(epoch) ?? [])
    if (!last || values.length === 0) continue
    const pick = better === 'lower' ? Math.min : Math.max
    fields[name] = of(last) ?? null
    fields[`${name}.best`] = values.reduce((a, b) => pick(a, b))
    if (atBest) fields[`${name}.atBest`] = of(atBest) ?? null
  }
  return fields
}
