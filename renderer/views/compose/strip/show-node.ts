/** Selects a layer by its path in the whole network, or the block in sight that it lies in. */
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import { nodeInSight } from './layer-rows.ts'

export function showNode(editor: NetworkEditor, path: string): void {
  const inSight = () => nodeInSight(path, editor.prefix, new Set(editor.graph.nodes.map(({ id }) => id)))
  let id = inSight()
  if (id === undefined) {
    editor.leaveTo(0)
    id = inSight()
  }
  if (id !== undefined) editor.select([id])
}
