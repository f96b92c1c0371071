import { expect, it } from 'vitest'
import { addNode } from '../../../../experiments/editing/add-node.ts'
import { setParams } from '../../../../experiments/editing/set-params.ts'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import { buildScene, type Scene } from './build-scene.ts'

function sceneOf(editor: NetworkEditor, unfolded: Iterable<string> = []): Scene {
  const { graph, types, analysis, expanded, prefix } = editor
  return buildScene({ graph, types, analysis, expanded, prefix, unfolded: new Set(unfolded), border: undefined })
}

it('shows shapes on edges, numbers on nodes, and problems where they are', () => {
  const editor = new NetworkEditor(zooNetwork('lenet5'))
  const { nodes, edges } = sceneOf(editor)
  expect(nodes).toHaveLength(14)
  expect(edges.find(({ source }) => source === 'pool1')?.shape).toEqual([6, 14, 14])
  expect(nodes.find(({ id }) => id === 'dense1')).toMatchObject({ params: 48_120, macs: 48_000, kind: 'layer' })
  editor.apply(setParams(null, ['conv2'], { kernel: 100 }))
  expect(sceneOf(editor).nodes.find(({ id }) => id === 'conv2')?.problems).toHaveLength(1)
  editor.apply(addNode(null, { type: 'add' }))
  expect(sceneOf(editor).nodes.at(-1)?.problems[0]?.message).toContain('not connected')
})

it('unfolds blocks in place, all the way, with edges that lead inside', () => {
  const editor = new NetworkEditor(zooNetwork('resnet152'))
  const paths = [...editor.expanded.keys()]
  const { nodes, edges } = sceneOf(editor, paths)
  const layers = nodes.filter(({ kind }) => kind === 'layer')
  expect(layers).toHaveLength(editor.analysis.layers.length)
  const groups = new Set(nodes.filter(({ kind }) => kind === 'group').map(({ id }) => id))
  expect(groups.size).toBe(paths.length)
  expect(edges.some(({ source, target }) => groups.has(source) || groups.has(target))).toBe(false)
  expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length)
  const fed = new Set(edges.map(({ target }) => target))
  expect(layers.filter(({ id, inputs }) => inputs.length > 0 && !fed.has(id))).toEqual([])
})

it('keeps what is inside of a block apart and inside its border', () => {
  const editor = new NetworkEditor(zooNetwork('googlenet'))
  const { nodes } = sceneOf(editor, [...editor.expanded.keys()])
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const outside = nodes.filter(({ parent, x, y, width, height }) => {
    const around = parent === undefined ? undefined : byId.get(parent)
    return around && (x < 0 || y < 0 || x + width > around.width || y + height > around.height)
  })
  expect(outside).toEqual([])
})
