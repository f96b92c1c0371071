/** What the parts of the canvas share: nodes and edges are made by the flow library, which passes data only. */
import { createContext } from 'svelte'
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'

/** A colour for a node by what an overlay shows, such as its share of the parameters; undefined leaves it as it is. */
export type NodeOverlay = (path: string) => { readonly color: string; readonly label?: string } | undefined

export interface CanvasContext {
  readonly editor: NetworkEditor
  readonly overlay: NodeOverlay | undefined
  /** Nodes are drawn as boxes without anything in them. */
  readonly plain: boolean
  /** Id of the wire under the pointer, whose ends can be taken. */
  readonly pointedWire: string | undefined
  pointAtWire(id: string | undefined): void
  toggleFold(id: string): void
  enter(id: string): void
  editNote(id: string): void
  /** Shows what is wrong with a node, and what ends it. */
  showProblems(path: string): void
}

export const [getCanvas, setCanvas] = createContext<CanvasContext>()
