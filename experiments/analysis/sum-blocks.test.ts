import { describe, expect, it, test } from 'vitest'
import { zooEntries, zooNetwork } from '../zoo/registry.ts'
import { analyzeNetwork } from './analyze-network.ts'

describe('block sums', () => {
  it('are those of the layers inside, at every level', () => {
    const { blocks, layers } = analyzeNetwork(zooNetwork('resnet50'))
    const stage = blocks.find(({ id }) => id === 'conv3_x')
    expect(stage).toMatchObject({
      type: 'residual-bottleneck',
      times: 4,
      outputShape: [512, 28, 28],
      category: 'residual',
    })
    // 1x1 256-128, 3x3 128, 1x1 128-512, the projection 256-512, and their norms.
    const first = 256 * 128 + 9 * 128 * 128 + 128 * 512 + 256 * 512 + 2 * (128 + 128 + 512 + 512)
    const other = 512 * 128 + 9 * 128 * 128 + 128 * 512 + 2 * (128 + 128 + 512)
    expect(blocks.find(({ id }) => id === 'conv3_x/1')).toMatchObject({ parent: 'conv3_x', params: first, layers: 12 })
    expect(stage?.params).toBe(first + 3 * other)
    expect(stage?.receptiveField).toMatchObject({ stride: 8 })
    expect(layers.filter(({ id }) => id.startsWith('conv3_x/'))).toHaveLength(stage?.layers ?? 0)
  })

  test.each(zooEntries.map(({ id }) => id))('of %s add up to the whole', (id) => {
    const { params, macs, activationBytes, layers, blocks } = analyzeNetwork(zooNetwork(id))
    const parts = [...layers.filter((layer) => !layer.id.includes('/')), ...blocks.filter((block) => !block.parent)]
    const sum = (key: 'params' | 'macs' | 'activationBytes') => parts.reduce((total, part) => total + part[key], 0)
    expect([sum('params'), sum('macs'), sum('activationBytes')]).toEqual([params, macs, activationBytes])
    for (const block of blocks) expect(block.outputShape.length, block.id).toBeGreaterThan(0)
  })
})
