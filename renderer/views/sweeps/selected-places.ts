/** What of the drawing in sight can be an axis: of the selected node, of several together, or of the network where nothing is selected. */
import type { AxisPlace } from '../../../experiments/tuning/places/axis-place.ts'
import { documentPlaces, nodePlaces, sharedPlaces } from '../../../experiments/tuning/places/network-places.ts'
import type { NetworkEditor } from '../../state/network-editor.svelte.ts'

/** Empty inside of a block of the studio, which is fixed. */
export function selectedPlaces({ document, place, graph, selection }: NetworkEditor): readonly AxisPlace[] {
  if (place === undefined) return []
  const nodes = graph.nodes.filter(({ id }) => selection.has(id))
  const [node, second] = nodes
  if (node === undefined) return selection.size === 0 ? documentPlaces(document) : []
  if (second === undefined) {
    // A block with several widths is made wider as a whole, too.
    const shared = sharedPlaces(document, place, [node.id]).filter(({ multiplies }) => multiplies === true)
    return [...nodePlaces(document, place, node), ...shared]
  }
  return sharedPlaces(
    document,
    place,
    nodes.map(({ id }) => id),
  )
}
