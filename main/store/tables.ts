/** The tables of the studio's database as TypeScript sees them; the migrations are what creates them. Times are milliseconds since 1970. */
import type { ColumnType, Generated, Insertable, Selectable } from 'kysely'
import type { MetricSplit } from '../../experiments/runs/metric.ts'
import type { JobIntent, JobState } from '../../experiments/queue/job-record.ts'
import type { SweepDecisionType, SweepState } from '../../experiments/tuning/sweep-record.ts'
import type { EndedEarly, RunStatus } from '../../experiments/runs/run-record.ts'

/** Specification and resolved network document: what is trained. Never changed once written. */
export interface ExperimentsTable {
  id: Generated<number>
  /** SHA-256 over specification and document; equal experiments share a row. */
  hash: string
  /** Equal for experiments that differ in seed and name only; null where it was not worked out yet. */
  configuration: string | null
  spec: string
  document: string
  network: string
  created_at: number
}

/** One training of one experiment. */
export interface RunsTable {
  id: Generated<number>
  experiment_id: number
  name: string
  status: RunStatus
  dataset: string
  seed: number
  engine: string
  parameters: number | null
  created_at: number
  started_at: ColumnType<number | null, number | null | undefined, number | null>
  ended_at: ColumnType<number | null, number | null | undefined, number | null>
  epoch: Generated<number>
  epochs: number
  step: Generated<number>
  steps: number
  images_per_second: ColumnType<number | null, number | null | undefined, number | null>
  best_epoch: ColumnType<number | null, number | null | undefined, number | null>
  best_accuracy: ColumnType<number | null, number | null | undefined, number | null>
  test_loss: ColumnType<number | null, number | null | undefined, number | null>
  test_accuracy: ColumnType<number | null, number | null | undefined, number | null>
  weights_sha256: ColumnType<string | null, string | null | undefined, string | null>
  /** ErrorRecord as JSON. */
  error: ColumnType<string | null, string | null | undefined, string | null>
  /** RunEnvironment as JSON. */
  environment: ColumnType<string | null, string | null | undefined, string | null>
  deleted_at: ColumnType<number | null, number | null | undefined, number | null>
  /** Why it finished before its last epoch. */
  ended_early: ColumnType<EndedEarly | null, EndedEarly | null | undefined, EndedEarly | null>
}

/** One line of results a finished epoch. */
export interface EpochsTable {
  run_id: number
  epoch: number
  step: number
  train_loss: number
  train_accuracy: number
  validation_loss: number | null
  validation_accuracy: number | null
  seconds: number
  images_per_second: number
}

/** Names a metric of a run; its numbers are in `metrics`. */
export interface SeriesTable {
  id: Generated<number>
  run_id: number
  split: MetricSplit
  name: string
}

export interface MetricsTable {
  series_id: number
  step: number
  value: number
  at: number
}

/** The extremes of the blocks of so many steps of a series (extreme-blocks.ts); only of chunks that are whole. */
export interface MetricChunksTable {
  series_id: number
  chunk: number
  /** Step, value and time of each point, as little-endian doubles. */
  extremes: Uint8Array
}

/**
 * A run's place in the queue. `intent` is what the user wants of it and changes by undoable actions; `state` is what it does and follows.
 * Waiting ones run in order of priority, highest first, then position.
 */
export interface JobsTable {
  run_id: number
  state: JobState
  intent: JobIntent
  priority: Generated<number>
  position: number
  device: Generated<string>
  /** How many of the device's slots it takes. */
  slots: Generated<number>
  pause_after_epoch: ColumnType<number | null, number | null | undefined, number | null>
  stop_after_epoch: ColumnType<number | null, number | null | undefined, number | null>
  /** Examples per pass where the whole batch did not fit into memory. */
  micro_batch: ColumnType<number | null, number | null | undefined, number | null>
  /** Memory that training is expected to need. */
  memory_bytes: ColumnType<number | null, number | null | undefined, number | null>
  /** Multiply-adds of one example. */
  macs: ColumnType<number | null, number | null | undefined, number | null>
  /** Equal for runs whose measured speeds say something of each other. */
  network_hash: ColumnType<string | null, string | null | undefined, string | null>
  /** Why it waits or is paused, where it is not the user's wish. */
  reason: ColumnType<string | null, string | null | undefined, string | null>
  /** How often the service died while this run trained. */
  interruptions: Generated<number>
  queued_at: number
  claimed_at: ColumnType<number | null, number | null | undefined, number | null>
}

/** Settings of the studio by name, as JSON. */
export interface SettingsTable {
  name: string
  value: string
}

export interface CheckpointsTable {
  id: Generated<number>
  run_id: number
  epoch: number
  step: number
  file: string
  bytes: number
  sha256: string
  /** 1 when it holds the best epoch so far. */
  best: number
  /** 1 when the user wants it kept for ever. */
  pinned: Generated<number>
  created_at: number
}

/** What was last seen of each dataset. */
export interface DatasetsTable {
  name: string
  fingerprint: string | null
  location: string | null
  /** DatasetRecord as JSON. */
  record: string
  updated_at: number
}

/** Append-only log of every change of state. */
export interface EventsTable {
  id: Generated<number>
  at: number
  run_id: number | null
  type: string
  /** JSON object. */
  data: string
}

/** What people say of a run, and the checkpoint that a branch begins from. Runs without a row have the defaults. */
export interface RunReviewsTable {
  run_id: number
  parent_run: ColumnType<number | null, number | null | undefined, number | null>
  parent_epoch: ColumnType<number | null, number | null | undefined, number | null>
  parent_step: ColumnType<number | null, number | null | undefined, number | null>
  keeps_schedule: Generated<number>
  starred: Generated<number>
  colour: ColumnType<string | null, string | null | undefined, string | null>
  note: Generated<string>
  archived_at: ColumnType<number | null, number | null | undefined, number | null>
}

export interface RunTagsTable {
  run_id: number
  tag: string
}

export interface SavedViewsTable {
  id: Generated<number>
  name: string
  /** JSON object. */
  view: string
  created_at: number
}

/** Which migrations were applied, by which studio. */
export interface MigrationsTable {
  version: number
  name: string
  applied_at: number
}

/** A block of the palette. */
export interface SavedBlocksTable {
  id: Generated<number>
  title: string
  /** SavedBlock as JSON. */
  block: string
  created_at: number
  updated_at: number
  deleted_at: ColumnType<number | null, number | null | undefined, number | null>
}

/** A network that somebody draws, in its newest state. */
export interface DocumentsTable {
  id: Generated<number>
  name: string
  document: string
  revision: Generated<number>
  nodes: number
  /** DocumentOrigin as JSON. */
  origin: string
  /** DocumentWeights as JSON. */
  weights: string | null
  /** Absolute path of its *.network.json file. */
  file: ColumnType<string | null, string | null | undefined, string | null>
  /** The revision that the file has. */
  file_revision: ColumnType<number | null, number | null | undefined, number | null>
  /** Place among the open tabs. */
  tab: ColumnType<number | null, number | null | undefined, number | null>
  /** 1 for the tab in front. */
  active: Generated<number>
  created_at: number
  updated_at: number
  opened_at: number
  deleted_at: ColumnType<number | null, number | null | undefined, number | null>
}

export interface DocumentVersionsTable {
  id: Generated<number>
  document_id: number
  label: string | null
  run_id: number | null
  document: string
  nodes: number
  revision: number
  created_at: number
}

/** A search: its file, its state, and what was known of its experiment when it began. */
export interface SweepsTable {
  id: Generated<number>
  name: string
  state: SweepState
  /** SweepSpec as JSON. */
  spec: string
  /** SweepFacts as JSON. */
  facts: string
  /** ErrorRecord as JSON: why it ended without an answer. */
  problem: ColumnType<string | null, string | null | undefined, string | null>
  /** Grows with every change of the specification. */
  revision: Generated<number>
  /** Trials before this number are not counted when it is asked whether all fail. */
  checked_from: Generated<number>
  created_at: number
  ended_at: ColumnType<number | null, number | null | undefined, number | null>
  deleted_at: ColumnType<number | null, number | null | undefined, number | null>
}

/** One configuration of a sweep. */
export interface SweepTrialsTable {
  sweep_id: number
  number: number
  /** Which draw of the searcher it is: draws that were tried before are skipped. */
  draw: number
  bracket: number
  /** Configuration as JSON. */
  configuration: string
  /** Epochs it was last told to reach. */
  target: number
  /** Why it was stopped before, as JSON. */
  verdict: ColumnType<string | null, string | null | undefined, string | null>
  /** ErrorRecord as JSON: why it could not be queued. */
  impossible: ColumnType<string | null, string | null | undefined, string | null>
  parameters: number | null
  multiply_adds: number | null
  /** The run whose weights it began with. */
  inherited_run: ColumnType<number | null, number | null | undefined, number | null>
  created_at: number
}

/** The trainings of a trial, one a seed. */
export interface SweepRunsTable {
  run_id: number
  sweep_id: number
  trial: number
  /** 0 for the first seed. */
  replicate: number
}

export interface SweepDecisionsTable {
  id: Generated<number>
  sweep_id: number
  trial: number | null
  at: number
  type: SweepDecisionType
  /** JSON object. */
  data: string
}

/** How the layers of a run stood at one step; `data` is a LayerStatistics. */
export interface LayerStatisticsTable {
  run_id: number
  step: number
  epoch: number
  data: string
}

/** How busy the machine was; `usage` is a MachineUsage. */
export interface MachineSamplesTable {
  at: number
  usage: string
}

export interface StudioTables {
  experiments: ExperimentsTable
  runs: RunsTable
  epochs: EpochsTable
  series: SeriesTable
  metrics: MetricsTable
  metric_chunks: MetricChunksTable
  jobs: JobsTable
  checkpoints: CheckpointsTable
  datasets: DatasetsTable
  documents: DocumentsTable
  saved_blocks: SavedBlocksTable
  document_versions: DocumentVersionsTable
  events: EventsTable
  run_reviews: RunReviewsTable
  run_tags: RunTagsTable
  saved_views: SavedViewsTable
  migrations: MigrationsTable
  settings: SettingsTable
  layer_statistics: LayerStatisticsTable
  sweeps: SweepsTable
  sweep_trials: SweepTrialsTable
  sweep_runs: SweepRunsTable
  sweep_decisions: SweepDecisionsTable
  machine_samples: MachineSamplesTable
}

export type RunRow = Selectable<RunsTable>
export type JobRow = Selectable<JobsTable>
export type EpochRow = Selectable<EpochsTable>
export type CheckpointRow = Selectable<CheckpointsTable>
export type DocumentRow = Selectable<DocumentsTable>
export type DocumentVersionRow = Selectable<DocumentVersionsTable>
export type NewRun = Insertable<RunsTable>
