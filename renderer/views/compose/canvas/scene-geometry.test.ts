import { expect, test } from 'vitest'
import { analyzeNetwork } from '../../../../experiments/analysis/analyze-network.ts'
import { NodeTypes } from '../../../../experiments/blocks/node-types.ts'
import { lowerNetwork } from '../../../../experiments/network/lower-network.ts'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { buildScene } from './build-scene.ts'
import { absolutePlaces, boundsOf, curvePath, wireAt, wireCurves } from './scene-geometry.ts'

const document = zooNetwork('resnet18')
const block = document.nodes.find(({ type }) => type === 'residual-basic')?.id ?? ''
const scene = buildScene({
  graph: document,
  types: NodeTypes.of(document),
  analysis: analyzeNetwork(document),
  expanded: new Map(
    lowerNetwork(document, { mode: 'inference', batch: 1 }).blocks.map((expanded) => [expanded.path, expanded]),
  ),
  unfolded: new Set([block]),
  prefix: '',
  border: undefined,
})

test('what lies in an unfolded block counts from its corner, and everything is within the bounds', () => {
  const places = absolutePlaces(scene)
  const bounds = boundsOf(scene)
  const around = places.get(block)
  const inner = scene.nodes.find(({ parent }) => parent === block)
  if (!bounds || !around || !inner) throw new Error('no unfolded block')
  expect(places.get(inner.id)).toEqual({ x: around.x + inner.x, y: around.y + inner.y })
  for (const { id, width, height } of scene.nodes) {
    const { x, y } = places.get(id) ?? { x: NaN, y: NaN }
    expect(x >= bounds.x && y >= bounds.y).toBe(true)
    expect(x + width <= bounds.x + bounds.width && y + height <= bounds.y + bounds.height).toBe(true)
  }
  expect(boundsOf({ outline: [], annotations: [] })).toBeNull()
})

test('every wire is a curve, found by a point on it and by none beside it', () => {
  const curves = wireCurves(scene)
  expect(curves).toHaveLength(scene.edges.length)
  const own = curves.find(({ key }) => key !== undefined)
  if (!own) throw new Error('no wire of the graph in sight')
  expect(curvePath(own)).toMatch(/^M[-\d.,]+C/)
  const middle = { x: (own.from.x + own.to.x) / 2, y: (own.from.y + own.to.y) / 2 }
  expect(wireAt(curves, middle, 8)).toBe(own.key)
  expect(wireAt(curves, { x: middle.x + 400, y: middle.y }, 8)).toBeUndefined()
})
