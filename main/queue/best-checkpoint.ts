/** The checkpoint of a run's best epoch, or the newest one where that is gone. */
import path from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { StoredCheckpoint } from '../store/checkpoint-table.ts'
import type { Store } from '../store/open-store.ts'

/** @throws StudioError `run-not-found`, or `file-not-found` before the first one */
export function bestCheckpoint(
  store: Store,
  folders: { checkpointFolder(run: number): string },
  run: number,
): StoredCheckpoint & { readonly path: string } {
  const { best } = store.runs.get(run)
  const checkpoints = store.checkpoints.list(run)
  const ofBest = checkpoints.filter(({ epoch }) => epoch === best?.epoch)
  // One that was written later, within the next epoch, counts the same finished epochs.
  const chosen = ofBest.find((checkpoint) => checkpoint.best) ?? ofBest.at(-1) ?? checkpoints[0]
  if (!chosen) throw new StudioError('file-not-found', `run ${run} has no checkpoint yet`, { run })
  return { ...chosen, path: path.join(folders.checkpointFolder(run), chosen.file) }
}
