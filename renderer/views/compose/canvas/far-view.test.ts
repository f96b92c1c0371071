import { expect, test } from 'vitest'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import { buildScene } from './build-scene.ts'
import { FarView } from './far-view.svelte.ts'
import { absolutePlaces, boundsOf, wireCurves } from './scene-geometry.ts'

const { graph, types, analysis, expanded, prefix } = new NetworkEditor(zooNetwork('resnet18'))
const block = graph.nodes.find(({ type }) => type === 'residual-basic')?.id ?? ''
const unfolded = new Set([block])
const scene = buildScene({ graph, types, analysis, expanded, prefix, unfolded, border: undefined })
const view = new FarView(() => scene)
const places = absolutePlaces(scene)
const middleOf = (id: string) => {
  const item = scene.nodes.find((candidate) => candidate.id === id)
  const place = places.get(id)
  if (!item || !place) throw new Error(`no ${id}`)
  return { x: place.x + item.width / 2, y: place.y + item.height / 2 }
}

test('the innermost node at a point is the one that is meant', () => {
  const inner = scene.nodes.find(({ parent }) => parent === block)?.id ?? ''
  expect(view.nodeAt(middleOf(inner))).toBe(inner)
  const { x, y } = places.get(block) ?? { x: 0, y: 0 }
  expect(view.nodeAt({ x: x + 4, y: y + 4 })).toBe(block)
  expect(view.nodeAt({ x: x - 4000, y })).toBeUndefined()
})

test('a box chooses what it touches, wherever it began', () => {
  const [from, to] = [middleOf('input'), middleOf('pool1')]
  view.beginBox(to)
  const upward = view.boxed(from)
  view.beginBox(from)
  expect(view.boxed(to)).toEqual(upward)
  expect(upward).toContain('input')
  expect(upward).toContain('pool1')
  expect(upward).not.toContain(block)
  view.endBox()
  expect(view.boxed(to)).toEqual([])
})

test('what is dragged takes its inside and the ends of its wires along', () => {
  const item = scene.nodes.find(({ id }) => id === block)
  if (!item) throw new Error('no block')
  view.drag([{ id: block, position: { x: item.x + 30, y: item.y - 10 } }])
  expect(view.dragged).toMatchObject({ x: 30, y: -10 })
  const resting = wireCurves(scene)
  const moved = wireCurves(scene, view.dragged)
  const shifts = moved.map(({ from, to }, i) => [
    from.x - (resting[i]?.from.x ?? NaN),
    to.x - (resting[i]?.to.x ?? NaN),
  ])
  // Into the block, within it, out of it, and all the others.
  expect(new Set(shifts.map((shift) => shift.join()))).toEqual(new Set(['0,30', '30,30', '30,0', '0,0']))
  view.drop()
  expect(view.dragged).toBeUndefined()
  expect(boundsOf(scene, new Set([block]))).toEqual({ x: item.x, y: item.y, width: item.width, height: item.height })
})
