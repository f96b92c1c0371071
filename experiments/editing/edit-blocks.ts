/** Blocks: folding, making one of a selection, unpacking, swapping variants, and taking a studio block over as the document's own. */
import { freeId } from '../blocks/block-edit.ts'
import { layOut } from '../blocks/lay-out.ts'
import { centre, makeBlockFromSelection } from '../blocks/make-block.ts'
import { NodeTypes } from '../blocks/node-types.ts'
import { blockOf } from '../blocks/registry.ts'
import { residualRows, type ResidualRow } from '../blocks/residual-rows.ts'
import { swapVariant, variantsOf } from '../blocks/swap-variant.ts'
import { unpackBlock } from '../blocks/unpack-block.ts'
import { nodeWithValues } from '../network/apply-variables.ts'
import type { NetworkDocument, NetworkEdge, NetworkGraph, NetworkNode, OwnBlock } from '../network/network-document.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { asDocument, graphAt, withGraph, type GraphPlace } from './graph-place.ts'
import { newNodeId } from './node-ids.ts'

/** @param paths from the network itself: `conv2_x`, `conv2_x/1` */
export function setUnfolded(paths: readonly string[], unfolded: boolean): Edit {
  return {
    kind: unfolded ? 'unfold' : 'fold',
    subject: paths.length === 1 ? (paths[0] ?? '') : String(paths.length),
    presentation: true,
    apply: (document) => {
      const { unfolded: before = [], ...rest } = document
      const now = unfolded ? [...new Set([...before, ...paths])] : before.filter((path) => !paths.includes(path))
      return { ok: true, document: now.length === 0 ? rest : { ...rest, unfolded: now } }
    },
  }
}

/** Turns nodes into a block of the document with this title. */
export function groupNodes(place: GraphPlace, ids: readonly string[], title: string): Edit {
  return {
    kind: 'group',
    subject: title,
    apply: (document) => {
      const drawn = asDocument(document, place)
      if (!drawn) return refuseEdit('', 'there is no such block')
      const types = NodeTypes.of(document)
      const id = freeId(
        blockIdOf(title),
        (wanted) => types.of(wanted) !== undefined || document.blocks?.[wanted] !== undefined,
      )
      const made = makeBlockFromSelection(drawn, ids, { id, title })
      if (!made.ok) return made
      const block = made.document.blocks?.[id]
      const grown = { ...document, blocks: { ...document.blocks, ...(block && { [id]: shifted(block) }) } }
      const { nodes, edges } = made.document
      const select = made.node === undefined ? [] : [made.node]
      return { ok: true, document: withGraph(grown, place, { nodes, edges }), select, moved: made.moved }
    },
  }
}

/** Puts the inside of blocks in their place. */
export function unpackNodes(place: GraphPlace, ids: readonly string[]): Edit {
  return {
    kind: 'unpack',
    subject: ids.length === 1 ? (ids[0] ?? '') : String(ids.length),
    apply: (document) => {
      let drawn = asDocument(document, place)
      if (!drawn) return refuseEdit('', 'there is no such block')
      const moved = new Map<string, string>()
      for (const id of ids) {
        const unpacked = unpackBlock(drawn, id)
        if (!unpacked.ok) return unpacked
        drawn = unpacked.document
        for (const [from, to] of unpacked.moved) moved.set(from, to)
      }
      const { nodes, edges } = drawn
      return { ok: true, document: withGraph(document, place, { nodes, edges }), select: [...moved.values()], moved }
    },
  }
}

/**
 * Exchanges every node whose block has this variant, and every row of plain layers that is the block without its shortcut; refused when
 * there is neither.
 */
export function swapNodes(place: GraphPlace, ids: readonly string[], to: string): Edit {
  return {
    kind: 'swap',
    subject: to,
    apply: (document) => {
      const graph = graphAt(document, place)
      if (!graph) return refuseEdit('', 'there is no such block')
      const wanted = new Set(ids)
      let count = 0
      const nodes = graph.nodes.map((node) => {
        const swapped = wanted.has(node.id) ? swapVariant(nodeWithValues(node, document.variables), to) : undefined
        if (swapped) count += 1
        return swapped ?? node
      })
      const rows = residualRows(graphWithValues(document, graph), wanted, to)
      if (count === 0 && rows.length === 0)
        return refuseEdit('', 'nothing that is selected can be exchanged for this block')
      if (rows.length === 0) return { ok: true, document: withGraph(document, place, { nodes }) }
      const { moved, blocks, ...drawn } = withBlocks({ nodes, edges: graph.edges }, rows)
      const select = [...ids.filter((id) => drawn.nodes.some((node) => node.id === id)), ...blocks]
      return { ok: true, document: withGraph(document, place, drawn), select, moved }
    },
  }
}

/** What the nodes can be exchanged for, each with the number of blocks that result. */
export function swapChoices(
  document: NetworkDocument,
  place: GraphPlace,
  ids: Iterable<string>,
): ReadonlyMap<string, number> {
  const graph = graphAt(document, place)
  const wanted = new Set(ids)
  const counts = new Map<string, number>()
  if (!graph) return counts
  const add = (to: string) => counts.set(to, (counts.get(to) ?? 0) + 1)
  for (const { id, type } of graph.nodes) if (wanted.has(id)) variantsOf(type).forEach(add)
  // A row has two convolutions at least.
  if (wanted.size > 1) for (const { to } of residualRows(graphWithValues(document, graph), wanted)) add(to)
  return counts
}

function graphWithValues({ variables }: NetworkDocument, { nodes, edges }: NetworkGraph): NetworkGraph {
  return { nodes: nodes.map((node) => nodeWithValues(node, variables)), edges }
}

interface DrawnBlocks extends NetworkGraph {
  readonly moved: ReadonlyMap<string, string>
  /** Ids of the new nodes. */
  readonly blocks: readonly string[]
}

/** Every row as one node, in the place of its first layer and in the middle of where they were drawn. */
function withBlocks({ nodes, edges }: NetworkGraph, rows: readonly ResidualRow[]): DrawnBlocks {
  const gone = new Map<string, string>()
  const firsts = new Map<string, NetworkNode>()
  const moved = new Map<string, string>()
  const taken = new Set(nodes.map(({ id }) => id))
  for (const row of rows) {
    const block = blockOf(row.to)
    const id = newNodeId('residual', taken)
    taken.add(id)
    const version = block && block.version !== 1 ? { version: block.version } : {}
    const [first] = row.nodes
    if (first) firsts.set(first.id, { id, type: row.to, ...version, params: row.params, ...centre(row.nodes) })
    for (const node of row.nodes) gone.set(node.id, id)
    for (const [from, inner] of row.inside) moved.set(from, `${id}/${inner}`)
  }
  const entering = ({ target, targetPort, ...rest }: NetworkEdge): NetworkEdge => {
    const block = gone.get(target)
    if (block !== undefined) return { ...rest, target: block }
    return { ...rest, target, ...(targetPort !== undefined && { targetPort }) }
  }
  const leaving = ({ source, sourcePort, ...rest }: NetworkEdge): NetworkEdge => {
    const block = gone.get(source)
    if (block !== undefined) return { ...rest, source: block }
    return { ...rest, source, ...(sourcePort !== undefined && { sourcePort }) }
  }
  return {
    nodes: nodes.flatMap((node) => (gone.has(node.id) ? (firsts.get(node.id) ?? []) : [node])),
    // Between the layers of one row there are no wires any more: a row has no others than those along it.
    edges: edges.flatMap((edge) => {
      const [from, to] = [gone.get(edge.source), gone.get(edge.target)]
      return from !== undefined && from === to ? [] : [leaving(entering(edge))]
    }),
    moved,
    blocks: [...firsts.values()].map(({ id }) => id),
  }
}

/**
 * Makes the inside of a studio block the document's own, so that it can be edited; other nodes keep the studio's block.
 * @param inside what the node expands to now
 */
export function detachBlock(place: GraphPlace, nodeId: string, inside: NetworkGraph): Edit {
  return {
    kind: 'detach-block',
    subject: nodeId,
    apply: (document) => {
      const graph = graphAt(document, place)
      const node = graph?.nodes.find((candidate) => candidate.id === nodeId)
      const type = node && NodeTypes.of(document).of(node.type)
      if (!graph || !node || !type || !('block' in type)) return refuseEdit(`nodes.${nodeId}`, 'is no block')
      const types = NodeTypes.of(document)
      const id = freeId(`my-${type.id}`.slice(0, 100), (wanted) => types.of(wanted) !== undefined)
      const block: OwnBlock = {
        title: `${type.title} (${node.name ?? node.id})`.slice(0, 500),
        inputs: type.inputs.map(({ name }) => ({ name })),
        outputs: type.outputs.map(({ name }) => ({ name })),
        nodes: layOut(inside),
        edges: inside.edges,
      }
      const { params: _params, version: _version, ...kept } = node
      const nodes = graph.nodes.map((other) => (other.id === nodeId ? { ...kept, type: id } : other))
      const grown: NetworkDocument = { ...document, blocks: { ...document.blocks, [id]: block } }
      return { ok: true, document: withGraph(grown, place, { nodes }) }
    },
  }
}

/** Changes the title, summary or parameters of a block of the document. */
export function editBlock(id: string, change: Partial<Pick<OwnBlock, 'title' | 'summary' | 'params'>>): Edit {
  return {
    kind: 'edit-block',
    subject: change.title ?? id,
    apply: (document) => {
      const block = document.blocks?.[id]
      if (!block) return refuseEdit(`blocks.${id}`, 'there is no such block')
      return { ok: true, document: { ...document, blocks: { ...document.blocks, [id]: { ...block, ...change } } } }
    },
  }
}

/** Refused while nodes use it. */
export function removeBlock(id: string): Edit {
  return {
    kind: 'delete-block',
    subject: id,
    apply: (document) => {
      const graphs: readonly NetworkGraph[] = [document, ...Object.values(document.blocks ?? {})]
      const user = graphs.flatMap(({ nodes }) => nodes).find(({ type }) => type === id)
      if (user) return refuseEdit(`blocks.${id}`, `${user.id} is such a block: delete or unpack it first`)
      const { [id]: _gone, ...blocks } = document.blocks ?? {}
      const { blocks: _blocks, ...rest } = document
      return { ok: true, document: Object.keys(blocks).length === 0 ? rest : { ...rest, blocks } }
    },
  }
}

/** For a block of this title. */
export function blockIdOf(title: string): string {
  const id = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return id === '' ? 'block' : id.slice(0, 100)
}

/** The inside of a block starts near the origin of its own canvas. */
export function shifted(block: OwnBlock): OwnBlock {
  const places = block.nodes.flatMap((node) => node.position ?? [])
  const x = Math.min(...places.map((place) => place.x))
  const y = Math.min(...places.map((place) => place.y))
  if (places.length === 0) return block
  const nodes = block.nodes.map((node) =>
    node.position ? { ...node, position: { x: node.position.x - x, y: node.position.y - y } } : node,
  )
  return { ...block, nodes }
}
