import { expect, it } from 'vitest'
import { buildScene } from './build-scene.ts'
import { FlowItemMaker } from './flow-items.ts'
import { carriedBy, carriedTo, carry } from './frame-drag.ts'
import { analyzeNetwork } from '../../../../experiments/analysis/analyze-network.ts'
import { NodeTypes } from '../../../../experiments/blocks/node-types.ts'
import type { NetworkDocument } from '../../../../experiments/network/network-document.ts'

const document: NetworkDocument = {
  format: 'strata.network',
  version: 1,
  name: 'framed',
  nodes: [
    { id: 'inside', type: 'relu', position: { x: 40, y: 60 } },
    { id: 'across', type: 'relu', position: { x: 40, y: 260 } },
  ],
  edges: [],
  annotations: [
    { id: 'frame1', kind: 'frame', text: '', position: { x: 0, y: 0 }, size: { width: 300, height: 300 } },
    { id: 'comment1', kind: 'comment', text: 'hm', position: { x: 10, y: 10 }, size: { width: 80, height: 40 } },
    { id: 'apart', kind: 'comment', text: 'hm', position: { x: 400, y: 10 }, size: { width: 80, height: 40 } },
  ],
}
const scene = buildScene({
  graph: document,
  types: NodeTypes.of(document),
  analysis: analyzeNetwork(document),
  expanded: new Map(),
  unfolded: new Set(),
  prefix: '',
  border: undefined,
})
const { nodes } = new FlowItemMaker().make(scene, {
  selected: new Set(),
  selectedEdges: new Set(),
  readOnly: false,
  far: undefined,
})
const places = (items: typeof nodes) => new Map(items.map(({ id, position }) => [id, position]))

it('carries what lies wholly in the frame, and nothing that the hand holds as well', () => {
  expect([...carriedBy([{ id: 'frame1' }], scene).keys()]).toEqual(['inside', 'comment1'])
  expect([...carriedBy([{ id: 'frame1' }, { id: 'inside' }], scene).keys()]).toEqual(['comment1'])
  expect(carriedBy([{ id: 'inside' }], scene).size).toBe(0)
})

it('puts it beside the frame wherever that is', () => {
  const frame = nodes.find(({ id }) => id === 'frame1')
  if (!frame) throw new Error('no frame')
  const moved = places(carry(nodes, [{ ...frame, position: { x: 100, y: -50 } }], carriedBy([frame], scene)))
  expect(moved.get('inside')).toEqual({ x: 140, y: 10 })
  expect(moved.get('across')).toEqual({ x: 40, y: 260 })
  const stored = carriedTo(new Map([['frame1', { x: 100, y: -50 }]]), carriedBy([frame], scene), document)
  expect(stored.get('inside')).toEqual({ x: 140, y: 10 })
})
