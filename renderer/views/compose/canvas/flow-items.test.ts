import { expect, test } from 'vitest'
import { moveNodes } from '../../../../experiments/editing/arrange-nodes.ts'
import { setParams } from '../../../../experiments/editing/set-params.ts'
import { expandNetwork } from '../../../../experiments/network/expand-network.ts'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import { buildScene, type Scene } from './build-scene.ts'
import { FlowItemMaker, type FlowItems, type FlowState } from './flow-items.ts'

const editor = new NetworkEditor(expandNetwork(zooNetwork('resnet152')).document)
const sceneOf = (before?: Scene): Scene => {
  const { graph, types, analysis, expanded, prefix } = editor
  return buildScene({ graph, types, analysis, expanded, prefix, unfolded: new Set(), border: undefined }, before)
}
const state: FlowState = { selected: new Set(), selectedEdges: new Set(), readOnly: false }

/** Ids of the items that are other objects than before. */
function remade(before: FlowItems, now: FlowItems): { readonly nodes: readonly string[]; readonly edges: number } {
  const known = new Set<unknown>([...before.nodes, ...before.edges])
  return {
    nodes: now.nodes.filter((node) => !known.has(node)).map(({ id }) => id),
    edges: now.edges.filter((edge) => !known.has(edge)).length,
  }
}

/** Ids of the items of a scene that are other objects than before. */
function changed(before: Scene, now: Scene): { readonly nodes: readonly string[]; readonly edges: number } {
  const known = new Set<unknown>([...before.nodes, ...before.edges])
  return {
    nodes: now.nodes.filter((node) => !known.has(node)).map(({ id }) => id),
    edges: now.edges.filter((edge) => !known.has(edge)).length,
  }
}

test('of 516 layers, those that an edit changed show something else, and the flow library hears of none', () => {
  const maker = new FlowItemMaker()
  const scene = sceneOf()
  const before = maker.make(scene, state)
  expect(before.nodes).toHaveLength(516)
  expect(sceneOf(scene).nodes).toBe(scene.nodes)

  editor.apply(setParams(null, ['conv1/conv'], { filters: 96 }))
  const edited = sceneOf(scene)
  // Up to the first layers that take the width in; the shape is on every node and wire between.
  expect(changed(scene, edited)).toEqual({
    nodes: [...['conv1/conv', 'conv1/norm', 'conv1/activation', 'pool1'], ...['conv2_x/1/conv1', 'conv2_x/1/shortcut']],
    edges: 5,
  })
  expect(edited.outline).toBe(scene.outline)
  const after = maker.make(edited, state)
  expect(after).toEqual({ nodes: before.nodes, edges: before.edges })
  expect(after.nodes).toBe(before.nodes)
  expect(after.edges).toBe(before.edges)
  expect(after.nodes.find(({ id }) => id === 'pool1')?.data).toHaveProperty('item.shape', [96, 56, 56])

  editor.apply(moveNodes(null, new Map([['pool1', { x: 900, y: 40 }]])))
  const moved = sceneOf(edited)
  expect(moved.outline).not.toBe(scene.outline)
  expect(remade(after, maker.make(moved, state))).toEqual({ nodes: ['pool1'], edges: 0 })

  const selected = maker.make(sceneOf(moved), { ...state, selected: new Set(['input']) })
  expect(remade(after, selected).nodes).toContain('input')
  expect(selected.edges).toBe(after.edges)
})

test('from far away only the node under the pointer has an element, and wires have none', () => {
  const maker = new FlowItemMaker()
  const scene = sceneOf()
  const far = maker.make(scene, { ...state, far: { shown: 'pool1' } })
  expect(far.nodes.filter(({ hidden }) => !hidden).map(({ id }) => id)).toEqual(['pool1'])
  expect(far.edges).toEqual([])
  const moved = maker.make(scene, { ...state, far: { shown: 'input' } })
  expect([...remade(far, moved).nodes].sort()).toEqual(['input', 'pool1'])
})
