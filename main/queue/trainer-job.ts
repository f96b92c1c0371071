/** What a trainer is told of its run: all it needs to begin, or to go on, as the store has it. */
import os from 'node:os'
import { renamedLayers } from '../../experiments/diff/renamed-layers.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { DevicePlace } from '../engines/survey/find-devices.ts'
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import type { TrainerJob } from '../trainer/trainer-protocol.ts'
import { rateChangesOf } from './rate-changes.ts'
import type { RunFolders } from './run-folders.ts'

export interface TrainerJobParts {
  readonly home: string
  readonly store: Store
  readonly folders: RunFolders
  /** Which studio trains; recorded with each run. */
  readonly studio: TrainerJob['studio']
}

/** @throws StudioError `file-not-found` where the checkpoint that it begins from is gone */
export function trainerJob(parts: TrainerJobParts, job: Job, { engine, device }: DevicePlace): TrainerJob {
  const { home, store, folders, studio } = parts
  const { run, pauseAfterEpoch, stopAfterEpoch, microBatch } = job
  const { spec, document, hash } = store.runs.experiment(run)
  return {
    run,
    home,
    spec,
    document,
    experiment: hash,
    engine,
    device,
    threads: threadsOf(store, run),
    studio,
    checkpointFolder: folders.checkpointFolder(run),
    checkpoints: store.checkpoints.list(run).map(({ file, sha256 }) => ({ file, sha256 })),
    branch: branchOf(store, folders, run),
    pauseAfterEpoch,
    stopAfterEpoch,
    microBatch,
    rateChanges: rateChangesOf(store, run),
  }
}

/** A branch goes on with the threads of the run that it continues: they are part of what makes losses equal. */
function threadsOf(store: Store, run: number): number | null {
  const parent = store.reviews.parentOf(run)
  const own = store.runs.environment(run)?.threads
  return own ?? (parent ? store.runs.environment(parent.run)?.threads : sharedThreads(store, run)) ?? null
}

/** Trials that train at the same time share the processor: each has its part of the cores from its first step. */
function sharedThreads(store: Store, run: number): number | undefined {
  const parallel = store.sweeps.parallelOf(run)
  return parallel > 1 ? Math.max(1, Math.floor(os.availableParallelism() / parallel)) : undefined
}

function branchOf(store: Store, folders: RunFolders, run: number): TrainerJob['branch'] {
  const parent = store.reviews.parentOf(run)
  if (!parent) return undefined
  const checkpoint = store.checkpoints.list(parent.run).find(({ step }) => step === parent.step)
  if (!checkpoint) {
    const message = `run ${run} begins from epoch ${parent.epoch} of run ${parent.run}, whose checkpoint is gone`
    throw new StudioError('file-not-found', message, { run, parent: parent.run })
  }
  const { file, sha256 } = checkpoint
  const [before, now] = [parent.run, run].map((id) => store.runs.experiment(id).document as unknown as NetworkDocument)
  const renamed = before && now ? Object.fromEntries(renamedLayers(before, now)) : {}
  return { folder: folders.checkpointFolder(parent.run), file, sha256, keepsSchedule: parent.keepsSchedule, renamed }
}
