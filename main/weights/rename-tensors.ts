/** Tensors of a network, weights and what an optimizer keeps of them, under the names that their layers have in another one. */
import type { NamedTensor } from '../checkpoints/safetensors.ts'

/** @param renamed id of a layer to the id that it had where the tensors are from; the others kept theirs */
export function renameTensors(
  tensors: readonly NamedTensor[],
  renamed: ReadonlyMap<string, string>,
): readonly NamedTensor[] {
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

/** `stem/conv1.kernel`, `stem/conv1.kernel/velocity`: ids may have dots, names of weights have none. */
export function partsOf(name: string): { readonly layer: string; readonly weight: string } {
  const dot = name.lastIndexOf('.')
  return { layer: name.slice(0, dot), weight: name.slice(dot + 1) }
}
