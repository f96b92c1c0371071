/** The best weights of a run, and the network that they are of. */
import { renamedLayers } from '../../experiments/diff/renamed-layers.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { bestCheckpoint } from '../queue/best-checkpoint.ts'
import type { Store } from '../store/open-store.ts'

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
  const renamed = renamedLayers(from, network)
  if (renamed.size === 0) return tensors
  const before = new Map([...renamed].map(([now, then]) => [then, now]))
  return tensors.flatMap((tensor) => {
    const { layer, weight } = partsOf(tensor.name)
    const now = before.get(layer)
    if (now !== undefined) return [{ ...tensor, name: `${now}.${weight}` }]
    // Its id is another layer's now.
    return renamed.has(layer) ? [] : [tensor]
  })
}

/** `stem/conv1.kernel`: ids may have dots, names of weights have none. */
export function partsOf(name: string): { readonly layer: string; readonly weight: string } {
  const dot = name.lastIndexOf('.')
  return { layer: name.slice(0, dot), weight: name.slice(dot + 1) }
}
