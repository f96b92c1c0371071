/** What the procedures of the service are made of: composed once in `main/studio.ts`, handed to each area's procedures. */
import type { ImportRunner } from '../datasets/import/import-runner.ts'
import type { EngineSurvey } from '../engines/survey/engine-survey.ts'
import type { LayerRecorder } from '../inspector/layer-recorder.ts'
import type { Inspector } from '../inspector/inspector.ts'
import type { MachineMeter } from '../queue/machine-meter.ts'
import type { RunQueue } from '../queue/run-queue.ts'
import type { StudioEmitter } from '../queue/studio-events.ts'
import type { Store } from '../store/open-store.ts'
import type { ParallelAdviser } from '../tuning/parallel-adviser.ts'
import type { Sweeper } from '../tuning/sweeper.ts'
import type { StudioOptions } from '../studio.ts'

export interface StudioParts {
  readonly options: StudioOptions
  readonly home: string
  readonly store: Store
  readonly queue: RunQueue
  readonly sweeper: Sweeper
  readonly adviser: ParallelAdviser
  readonly inspector: Inspector
  readonly imports: ImportRunner
  readonly layerRecorder: LayerRecorder
  readonly engines: EngineSurvey
  readonly machine: MachineMeter
  readonly emit: StudioEmitter
}
