/** A run that trained when the service died goes back to the queue at its last checkpoint; one that keeps dying with the service does not. */
import { removeStrays } from '../checkpoints/retention.ts'
import type { FileOperations } from '../files/file-operations.ts'
import type { Store } from '../store/open-store.ts'
import type { RunFolders } from './run-folders.ts'
import { trainerCrashed, type RunRecorder } from './run-recorder.ts'
import { settleRun } from './settle-run.ts'

const maxInterruptions = 3

export interface RecoverParts {
  readonly store: Store
  readonly recorder: RunRecorder
  readonly files: FileOperations
  readonly folders: RunFolders
}

export function recoverRun({ store, recorder, files, folders }: RecoverParts, run: number): void {
  const known = new Set(store.checkpoints.list(run).map(({ file }) => file))
  removeStrays(files, folders.checkpointFolder(run), known)
  const interruptions = store.jobs.countInterruption(run)
  if (interruptions > maxInterruptions) {
    const reason = `the studio itself ended ${interruptions} times while this run trained, so it is not tried again`
    recorder.failed(run, trainerCrashed(reason, { interruptions }))
  } else {
    settleRun(store, recorder, run, 'the studio ended while this run trained')
  }
}
