import { expect, test } from 'vitest'
import { setParams } from '../../../../experiments/editing/set-params.ts'
import { expandNetwork } from '../../../../experiments/network/expand-network.ts'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import { buildScene, type Scene } from './build-scene.ts'
import { FlowItemMaker, type FlowItems, type FlowState } from './flow-items.ts'
import { keepScene } from './keep-scene.ts'

const editor = new NetworkEditor(expandNetwork(zooNetwork('resnet152')).document)
const sceneOf = (): Scene => {
  const { graph, types, analysis, expanded, prefix } = editor
  return buildScene({ graph, types, analysis, expanded, prefix, unfolded: new Set(), border: undefined })
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

test('of 516 layers, those that an edit changed are made anew', () => {
  const maker = new FlowItemMaker()
  const scene = keepScene(undefined, sceneOf())
  const before = maker.make(scene, state)
  expect(before.nodes).toHaveLength(516)
  expect(keepScene(scene, sceneOf()).nodes).toBe(scene.nodes)

  editor.apply(setParams(null, ['conv1/conv'], { filters: 96 }))
  const edited = keepScene(scene, sceneOf())
  const after = maker.make(edited, state)
  const { nodes, edges } = remade(before, after)
  // Up to the first layers that take the width in; the shape is on every node and wire between.
  expect(nodes).toEqual([
    ...['conv1/conv', 'conv1/norm', 'conv1/activation', 'pool1'],
    ...['conv2_x/1/conv1', 'conv2_x/1/shortcut'],
  ])
  expect(edges).toBe(5)

  const selected = maker.make(keepScene(edited, sceneOf()), { ...state, selected: new Set(['pool1']) })
  expect(remade(after, selected)).toEqual({ nodes: ['pool1'], edges: 0 })
  expect(selected.edges).toBe(after.edges)
})

test('from far away only the node under the pointer has an element, and wires have none', () => {
  const maker = new FlowItemMaker()
  const scene = keepScene(undefined, sceneOf())
  const far = maker.make(scene, { ...state, far: { shown: 'pool1' } })
  expect(far.nodes.filter(({ hidden }) => !hidden).map(({ id }) => id)).toEqual(['pool1'])
  expect(far.edges).toEqual([])
  const moved = maker.make(scene, { ...state, far: { shown: 'input' } })
  expect([...remade(far, moved).nodes].sort()).toEqual(['input', 'pool1'])
})
