/** From a row of the store to the run as clients see it. */
import type { ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { EpochResult, RunSummary } from '../../experiments/runs/run-record.ts'
import type { RunColour } from '../../experiments/runs/run-review.ts'
import type { RunRow } from './tables.ts'

/** A run, the title of its network, and its last epoch (all null before the first one ends). */
export interface RunSummaryRow extends RunRow {
  readonly network: string
  readonly last_epoch: number | null
  readonly last_step: number | null
  readonly train_loss: number | null
  readonly train_accuracy: number | null
  readonly validation_loss: number | null
  readonly validation_accuracy: number | null
  readonly seconds: number | null
  readonly last_images_per_second: number | null
  readonly parent_run: number | null
  readonly parent_epoch: number | null
  readonly parent_step: number | null
  readonly starred: number | null
  readonly colour: string | null
  readonly note: string | null
  readonly archived_at: number | null
  /** JSON list. */
  readonly tags: string
}

export function runSummaryOf(row: RunSummaryRow): RunSummary {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    network: row.network,
    dataset: row.dataset,
    parameters: row.parameters,
    seed: row.seed,
    engine: row.engine,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    progress: {
      epoch: row.epoch,
      epochs: row.epochs,
      step: row.step,
      steps: row.steps,
      imagesPerSecond: row.images_per_second,
      secondsLeft: null,
    },
    lastEpoch: lastEpochOf(row),
    best:
      row.best_epoch === null || row.best_accuracy === null
        ? null
        : { epoch: row.best_epoch, accuracy: row.best_accuracy },
    test:
      row.test_loss === null || row.test_accuracy === null
        ? null
        : { loss: row.test_loss, accuracy: row.test_accuracy },
    weightsSha256: row.weights_sha256,
    endedEarly: row.ended_early,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorRecord),
    review: reviewOf(row),
  }
}

function reviewOf(row: RunSummaryRow): RunSummary['review'] {
  const { parent_run: run, parent_epoch: epoch, parent_step: step } = row
  return {
    parent: run === null || epoch === null || step === null ? null : { run, epoch, step },
    starred: row.starred === 1,
    colour: row.colour as RunColour | null,
    tags: JSON.parse(row.tags) as string[],
    note: row.note ?? '',
    archived: row.archived_at !== null,
  }
}

function lastEpochOf(row: RunSummaryRow): EpochResult | null {
  if (row.last_epoch === null) return null
  return {
    epoch: row.last_epoch,
    step: row.last_step ?? 0,
    train: { loss: row.train_loss ?? 0, accuracy: row.train_accuracy ?? 0 },
    validation:
      row.validation_loss === null || row.validation_accuracy === null
        ? null
        : { loss: row.validation_loss, accuracy: row.validation_accuracy },
    seconds: row.seconds ?? 0,
    imagesPerSecond: row.last_images_per_second ?? 0,
  }
}
