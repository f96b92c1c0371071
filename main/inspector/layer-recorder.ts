/**
 * Measures the layers of runs while they train: at the start and at checkpoints, in the inspector's process. All measuring together takes a
 * twentieth of the time at most; only the last checkpoint of a run is always measured. Whatever goes wrong here costs a measurement, never a run.
 */
import type { LayerStatistics } from '../../experiments/inspection/inspection-record.ts'
import type { CheckpointReference } from '../checkpoints/checkpoint-file.ts'
import type { RunQueue } from '../queue/run-queue.ts'
import type { StudioEmitter } from '../queue/studio-events.ts'
import type { Store } from '../store/open-store.ts'
import type { Inspector } from './inspector.ts'

/** Rest after a measurement, in multiples of its time. */
const restFactor = 19

export interface LayerRecorderParts {
  readonly store: Store
  readonly queue: RunQueue
  readonly inspector: Inspector
  readonly emit: StudioEmitter
}

export class LayerRecorder {
  private readonly parts: LayerRecorderParts
  private isBusy = false
  private restsUntil = 0

  constructor(parts: LayerRecorderParts) {
    this.parts = parts
  }

  /** Listens to the recorder of runs. */
  attach(): void {
    const { recorder } = this.parts.queue
    recorder.onBegin = (run) => void this.atBegin(run)
    recorder.onCheckpoint = (run, checkpoint) => void this.atCheckpoint(run, checkpoint)
  }

  /** Measures one checkpoint, or the beginning, whether or not it was measured before. */
  async measure(run: number, checkpoint: CheckpointReference | null): Promise<LayerStatistics> {
    const { store, queue, inspector, emit } = this.parts
    const { spec, document } = store.runs.experiment(run)
    const place = checkpoint && {
      folder: queue.checkpointFolder(run),
      file: checkpoint.file,
      sha256: checkpoint.sha256,
    }
    const statistics = await inspector.ask('layers', { run, spec, document, checkpoint: place })
    store.layerStatistics.put(run, statistics)
    emit('inside.recorded', { run, step: statistics.step })
    return statistics
  }

  private atBegin(run: number): Promise<void> {
    const { store } = this.parts
    // Weights that come from elsewhere are measured at the first checkpoint.
    const begins = store.runs.experiment(run).spec.start === undefined && store.runs.get(run).review.parent === null
    return begins ? this.attempt(run, null, false) : Promise.resolve()
  }

  private atCheckpoint(run: number, checkpoint: CheckpointReference & { readonly epoch: number }): Promise<void> {
    const isLast = checkpoint.epoch >= this.parts.store.runs.get(run, 'allow').progress.epochs
    return this.attempt(run, checkpoint, isLast)
  }

  private async attempt(run: number, checkpoint: CheckpointReference | null, isLast: boolean): Promise<void> {
    if (!isLast && (this.isBusy || performance.now() < this.restsUntil)) return
    this.isBusy = true
    const start = performance.now()
    try {
      await this.measure(run, checkpoint)
    } catch {
      // The studio was closed, the checkpoint is gone, or the network is too large to be measured beside its training.
    } finally {
      this.isBusy = false
      this.restsUntil = performance.now() + restFactor * (performance.now() - start)
    }
  }
}
