import { expect, test } from 'vitest'
import { analyzeNetwork } from '../../../../experiments/analysis/analyze-network.ts'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { nextSort, nodeInSight, sortLayers } from './layer-rows.ts'

const { layers } = analyzeNetwork(zooNetwork('lenet5'))

test('layers sort by cost, and come back in the order of data flow', () => {
  let sort = nextSort({ column: 'order', descending: false }, 'params')
  expect(sortLayers(layers, sort)[0]?.id).toBe('dense1')
  sort = nextSort(sort, 'params')
  expect(sortLayers(layers, sort)[0]?.params).toBe(0)
  sort = nextSort(sort, 'params')
  expect(sortLayers(layers, sort)).toEqual(layers)
  expect(sortLayers(layers, nextSort(sort, 'name'))[0]?.id).toBe([...layers].map(({ id }) => id).sort()[0])
})

test('a layer inside of a block belongs to the block in sight', () => {
  const ids = new Set(['conv2_x', '1'])
  expect(nodeInSight('conv2_x/1/conv1', '', ids)).toBe('conv2_x')
  expect(nodeInSight('conv2_x/1/conv1', 'conv2_x/', ids)).toBe('1')
  expect(nodeInSight('conv3_x/1/conv1', 'conv2_x/', ids)).toBeUndefined()
})
