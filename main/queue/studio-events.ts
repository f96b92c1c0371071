/** What the service tells on its own: names and payloads as in the studio's contract. */
import type { EngineInstallProgress } from '../../experiments/engines/engine-report.ts'
import type { SavedView } from '../store/review-table.ts'
import type { SweepSummary } from '../../experiments/tuning/sweep-record.ts'
import type { DatasetProgress } from '../../experiments/data/dataset-record.ts'
import type { ProcessUsage } from '../../experiments/queue/job-record.ts'
import type { MetricPoint } from '../../experiments/runs/metric.ts'
import type { EpochResult, RunSummary } from '../../experiments/runs/run-record.ts'

export interface StudioEvents {
  'engines.progress': EngineInstallProgress
  'review.viewsChanged': { views: SavedView[] }
  'run.changed': RunSummary
  /** As `run.changed`, of several that changed at once. */
  'runs.changed': { runs: RunSummary[] }
  'run.metrics': { run: number; points: MetricPoint[] }
  'run.epoch': { run: number; result: EpochResult }
  'run.removed': { run: number }
  /** Jobs entered, left or changed their place in the queue, or its settings changed (no runs). */
  'queue.changed': { runs: number[] }
  /** A sweep began, or a trial, its state or its numbers changed. */
  'sweep.changed': SweepSummary
  'sweep.removed': { sweep: number }
  /** What the process of a run takes of the machine, once a second. */
  'queue.usage': { run: number } & ProcessUsage
  'data.progress': DatasetProgress
  'evaluation.progress': { task: string; run: number; done: number; total: number }
  /** The layers of a run were measured at a step. */
  'inside.recorded': { run: number; step: number }
  /** Sent by the process that holds the studio, never by the studio itself. */
  'service.stopping': { reason: string }
}

export type StudioEmitter = <Event extends keyof StudioEvents>(event: Event, payload: StudioEvents[Event]) => void
