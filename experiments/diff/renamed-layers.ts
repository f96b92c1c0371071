/**
 * Which layers of a network are those of an earlier one under another id: made anew, put into a block or taken out of one. What such a layer has learnt
 * goes along with it, so likeness is not enough: all that leads to it must be equal, or all that it leads to.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { diffGraph } from './diff-graph.ts'
import { matchEqualNodes } from './match-nodes.ts'

/** Id of a layer of `after` to the id that it had in `before`; layers that kept theirs are left out. */
export function renamedLayers(before: NetworkDocument, after: NetworkDocument): ReadonlyMap<string, string> {
  const matches = matchEqualNodes(diffGraph(before, 'layers').nodes, diffGraph(after, 'layers').nodes)
  return new Map(
    matches.flatMap((match) =>
      match.before.id !== match.after.id && match.before.type === match.after.type
        ? [[match.after.id, match.before.id] as const]
        : [],
    ),
  )
}
