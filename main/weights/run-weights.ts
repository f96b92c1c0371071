/** The best weights of a run, and the network that they are of. */
import { renamedLayers } from '../../experiments/diff/renamed-layers.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { bestCheckpoint } from '../queue/best-checkpoint.ts'
import type { Store } from '../store/open-store.ts'
import { renameTensors } from './rename-tensors.ts'

export interface RunWeights {
  /** Absolute path of the checkpoint. */
  readonly file: string
  readonly network: NetworkDocument
}

/** @throws StudioError `run-not-found`, or `file-not-found` before its first checkpoint */
export function weightsOfRun(
  store: Store,
  folders: { checkpointFolder(run: number): string },
  run: number,
): RunWeights {
  const { path } = bestCheckpoint(store, folders, run)
  return { file: path, network: store.runs.experiment(run).document as unknown as NetworkDocument }
}

/** The tensors under the names that their layers have in `network`; those of layers that kept their ids stay as they are. */
export function tensorsFollowing(
  tensors: readonly NamedTensor[],
  from: NetworkDocument,
  network: NetworkDocument,
): readonly NamedTensor[] {
  return renameTensors(tensors, renamedLayers(from, network))
}
