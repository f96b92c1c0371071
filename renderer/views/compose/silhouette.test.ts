import { expect, test } from 'vitest'
import { analyzeNetwork } from '../../../experiments/analysis/analyze-network.ts'
import { zooEntries, zooNetwork } from '../../../experiments/zoo/registry.ts'
import { drawMiniature, drawSilhouette, silhouetteHeight } from './silhouette.ts'

test('LeNet-5 shows its input, convolutions, poolings and dense layers, and nothing else', () => {
  const { slabs } = drawSilhouette(analyzeNetwork(zooNetwork('lenet5')).layers)
  expect(slabs.map(({ id }) => id)).toEqual(['input', 'conv1', 'pool1', 'conv2', 'pool2', 'dense1', 'dense2', 'dense3'])
})

test('maps get lower and thicker as a network goes on', () => {
  const { slabs } = drawSilhouette(analyzeNetwork(zooNetwork('lenet5')).layers)
  const [, conv1, pool1, conv2] = slabs
  expect(pool1!.height).toBeLessThan(conv1!.height)
  expect(conv2!.width).toBeGreaterThan(conv1!.width)
})

test.each(zooEntries.map(({ id }) => id))('%s stays in its frame, slabs side by side, also as a miniature', (id) => {
  const { layers } = analyzeNetwork(zooNetwork(id))
  for (const { slabs, width } of [drawSilhouette(layers), drawMiniature(layers)]) {
    expect(slabs.length).toBeGreaterThan(0)
    slabs.forEach((slab, index) => {
      const before = slabs[index - 1]
      expect(slab.y).toBeGreaterThanOrEqual(0)
      expect(slab.y + slab.height).toBeLessThanOrEqual(silhouetteHeight)
      expect(slab.x).toBeGreaterThanOrEqual(before ? before.x + before.width : 0)
    })
    expect(slabs.at(-1)!.x + slabs.at(-1)!.width).toBeCloseTo(width)
  }
  expect(drawMiniature(layers).slabs.length).toBeLessThanOrEqual(drawSilhouette(layers).slabs.length)
})
