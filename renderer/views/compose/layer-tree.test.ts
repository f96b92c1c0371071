import { expect, test } from 'vitest'
import { analyzeNetwork } from '../../../experiments/analysis/analyze-network.ts'
import { zooEntries, zooNetwork } from '../../../experiments/zoo/registry.ts'
import { blockIds, layerTree, visibleRows } from './layer-tree.ts'

test('ResNet-18 folds into what its paper lists', () => {
  const rows = layerTree(analyzeNetwork(zooNetwork('resnet18')).layers)
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['input', 'conv1', 'conv2_x', 'conv5_x']))
  expect(rows.length).toBeLessThan(14)
  const stage = rows.find(({ name }) => name === 'conv2_x')
  expect(stage?.outputShape).toEqual([64, 56, 56])
  expect(stage?.children.map(({ name }) => name)).toEqual(['1', '2'])
})

test('unfolding shows the inside under its block, once', () => {
  const rows = layerTree(analyzeNetwork(zooNetwork('resnet18')).layers)
  const names = visibleRows(rows, new Set(['conv2_x', 'conv2_x/1'])).map(({ id }) => id)
  expect(names).toContain('conv2_x/1/conv1')
  expect(names).not.toContain('conv2_x/2/conv1')
  expect(names.indexOf('conv2_x/1/conv1')).toBeGreaterThan(names.indexOf('conv2_x/1'))
  expect(new Set(names).size).toBe(names.length)
})

test.each(zooEntries.map(({ id }) => id))('%s keeps every parameter and multiply-add, folded and unfolded', (id) => {
  const analysis = analyzeNetwork(zooNetwork(id))
  const rows = layerTree(analysis.layers)
  const total = (key: 'params' | 'macs'): number => rows.reduce((sum, row) => sum + row[key], 0)
  expect(total('params')).toBe(analysis.params)
  expect(total('macs')).toBe(analysis.macs)
  const all = visibleRows(rows, new Set(blockIds(rows)))
  expect(all.filter(({ layer }) => layer !== null).map(({ id: layerId }) => layerId)).toEqual(
    analysis.layers.map(({ id: layerId }) => layerId),
  )
})
