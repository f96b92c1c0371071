/** Edits as a person makes them, at random: settings sound and unsound, nodes and wires that come and go, blocks made and unpacked, variables. */
import fc from 'fast-check'
import { addNode } from '../editing/add-node.ts'
import { connect, disconnect } from '../editing/connections.ts'
import { edgeKeys } from '../editing/edge-keys.ts'
import { groupNodes, unpackNodes } from '../editing/edit-blocks.ts'
import { setVariable } from '../editing/edit-document.ts'
import type { Edit } from '../editing/edit.ts'
import { graphAt, type GraphPlace } from '../editing/graph-place.ts'
import { removeNodes } from '../editing/remove-nodes.ts'
import { renameNode, setParams, setRepeat } from '../editing/set-params.ts'
import type { NetworkDocument } from '../network/network-document.ts'

const types = ['relu', 'conv2d', 'dropout', 'add', 'concatenate', 'input', 'classifier', 'residual-basic', 'inception']
const settings = [
  { filters: 12 },
  { filters: '=2*width' },
  { filters: 0 },
  { kernel: 5 },
  { kernel: [1, 3] },
  { stride: 2 },
  { padding: 'valid' },
  { groups: 2 },
  { units: 7 },
  { rate: 0.25 },
  { height: 40 },
  { role: 'auxiliary' },
  { reduce: 4 },
]

export interface RandomEdit {
  readonly kind: (typeof kinds)[number]
  /** Numbers that choose: nodes, edges, types, settings. */
  readonly picks: readonly [number, number, number]
}

const kinds = [
  'set',
  'set',
  'set',
  'rename',
  'repeat',
  'variable',
  'add',
  'remove',
  'bridge',
  'connect',
  'disconnect',
  'group',
  'unpack',
  'back',
] as const

const pick = fc.nat({ max: 10_000 })
export const randomEdit: fc.Arbitrary<RandomEdit> = fc.record({
  kind: fc.constantFrom(...kinds),
  picks: fc.tuple(pick, pick, pick),
})

/** The documents that the edits make, one after the other; an edit that is refused makes none. */
export function editedAtRandom(start: NetworkDocument, edits: readonly RandomEdit[]): readonly NetworkDocument[] {
  const documents = [start]
  for (const { kind, picks } of edits) {
    const now = documents.at(-1) ?? start
    if (kind === 'back') {
      documents.push(documents[picks[0] % documents.length] ?? start)
      continue
    }
    const outcome = editOf(now, kind, picks).apply(now)
    if (outcome.ok && outcome.document !== now) documents.push(outcome.document)
  }
  return documents
}

function editOf(
  document: NetworkDocument,
  kind: Exclude<RandomEdit['kind'], 'back'>,
  picks: RandomEdit['picks'],
): Edit {
  const [a, b, c] = picks
  const places: readonly GraphPlace[] = [null, ...Object.keys(document.blocks ?? {})]
  const place = places[c % places.length] ?? null
  const { nodes, edges } = graphAt(document, place) ?? document
  const at = <T>(items: readonly T[], number: number): T | undefined => items[number % Math.max(1, items.length)]
  const id = (number: number): string => at(nodes, number)?.id ?? ''
  const keys = edgeKeys(edges)
  switch (kind) {
    case 'set':
      return setParams(place, [id(a)], at(settings, b) ?? {})
    case 'rename':
      return renameNode(place, id(a), `name ${b % 3}`)
    case 'repeat':
      return setRepeat(place, [id(a)], { times: 1 + (b % 3), ...(b % 2 === 0 && { firstStride: 2 }) })
    case 'variable':
      return setVariable('width', 2 + (a % 5))
    case 'add':
      return addNode(place, { type: at(types, a) ?? 'relu' }, b % 2 === 0 ? { onEdge: at(keys, c) ?? '' } : undefined)
    case 'remove':
    case 'bridge':
      return removeNodes(place, { ids: [id(a)], keepWires: kind === 'bridge' })
    case 'connect':
      return connect(place, { source: id(a), target: id(b) })
    case 'disconnect':
      return disconnect(place, [at(keys, a) ?? ''])
    case 'group':
      return groupNodes(place, [id(a), id(a + 1), id(a + 2)], 'Part')
    case 'unpack':
      return unpackNodes(place, [id(a)])
  }
}
