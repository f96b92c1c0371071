/** Every migration in order: a new one is a new file and a line here. */
import { runsMetricsJobs } from './001-runs-metrics-jobs.ts'
import { documents } from './002-documents.ts'
import { review } from './003-review.ts'
import { nightQueue } from './004-night-queue.ts'
import { sweeps } from './005-sweeps.ts'
import { layerStatistics } from './006-layer-statistics.ts'
import { configurations } from './007-configurations.ts'
import { savedBlocks } from './008-saved-blocks.ts'
import { machineSamples } from './009-machine-samples.ts'
import { longLines } from './010-long-lines.ts'
import { metricChunks } from './011-metric-chunks.ts'
import type { Migration } from './migration.ts'

export const allMigrations: readonly Migration[] = [
  runsMetricsJobs,
  documents,
  review,
  nightQueue,
  sweeps,
  layerStatistics,
  configurations,
  savedBlocks,
  machineSamples,
  longLines,
  metricChunks,
]
