import { describe, expect, it } from 'vitest'
import { chain } from '../zoo/chain.ts'
import { zooEntries, zooNetwork } from '../zoo/registry.ts'
import { checkNetwork } from '../network/check-network.ts'
import { analyzeNetwork } from './analyze-network.ts'

describe('analyzeNetwork', () => {
  it('has the published numbers of LeNet-5', () => {
    const analysis = analyzeNetwork(zooNetwork('lenet5'))
    expect(analysis.params).toBe(61_706)
    expect(analysis.macs).toBe(117_600 + 240_000 + 48_000 + 10_080 + 840)
    expect(analysis.receptiveField).toEqual({ size: 16, stride: 4 })
    expect(analysis.issues).toEqual([])
    const rows = analysis.layers.map((layer) => [layer.id, layer.outputShape.join('x'), layer.params, layer.macs])
    expect(rows.slice(0, 5)).toEqual([
      ['input', '1x28x28', 0, 0],
      ['conv1', '6x28x28', 156, 117_600],
      ['activation1', '6x28x28', 0, 0],
      ['pool1', '6x14x14', 0, 0],
      ['conv2', '16x10x10', 2416, 240_000],
    ])
    expect(analysis.layers.find((layer) => layer.id === 'conv1')?.activationBytes).toBe(4 * 6 * 28 * 28)
    expect(analysis.layers.find((layer) => layer.id === 'flatten')?.activationBytes).toBe(0)
  })

  it('follows the receptive field through strides, padding, dilation, and both axes', () => {
    const analysis = analyzeNetwork(
      chain('fields', [
        { id: 'input', type: 'input', params: { height: 32, width: 32, channels: 1 } },
        { id: 'a', type: 'conv2d', params: { filters: 2, kernel: [3, 5], stride: [2, 1], padding: 'same' } },
        { id: 'b', type: 'conv2d', params: { filters: 2, kernel: 3, dilation: [1, 2], padding: 2 } },
        { id: 'c', type: 'max-pool2d', params: { kernel: 2, stride: 2 } },
      ]),
    )
    const field = (id: string) => {
      const { height, width } = analysis.layers.find((layer) => layer.id === id)?.receptiveField ?? {}
      return [height, width]
    }
    // 'same' with stride 2 on 32 rows and a kernel of 3 puts its one zero row at the bottom.
    expect(field('a')).toEqual([
      { size: 3, stride: 2, start: 0 },
      { size: 5, stride: 1, start: -2 },
    ])
    expect(field('b')).toEqual([
      { size: 7, stride: 2, start: -4 },
      { size: 9, stride: 1, start: -4 },
    ])
    expect(field('c')).toEqual([
      { size: 9, stride: 4, start: -4 },
      { size: 10, stride: 2, start: -4 },
    ])
    expect(analysis.receptiveField).toEqual({ size: 10, stride: 4 })
  })

  it('counts the multiply-adds of grouped convolutions per group', () => {
    const macs = (groups: number) =>
      analyzeNetwork(
        chain('groups', [
          { id: 'input', type: 'input', params: { height: 8, width: 8, channels: 4 } },
          { id: 'conv', type: 'conv2d', params: { filters: 8, groups, bias: false } },
        ]),
      ).macs
    expect(macs(1)).toBe(8 * 64 * 4 * 9)
    expect(macs(4)).toBe((8 * 64 * 4 * 9) / 4)
  })

  it('analyses what fits of a network with problems, and names these', () => {
    const analysis = analyzeNetwork(
      chain('broken', [
        { id: 'input', type: 'input', params: { height: 8, width: 8, channels: 4 } },
        { id: 'conv', type: 'conv2d', params: { filters: 8 } },
        { id: 'dense', type: 'dense' },
        { id: 'classifier', type: 'classifier' },
      ]),
    )
    expect(analysis.layers.map((layer) => layer.id)).toEqual(['input', 'conv'])
    expect(analysis.issues).toMatchObject([{ node: 'dense' }])
  })

  it('takes another image size, and checks the classes, when asked to', () => {
    const network = zooNetwork('lenet5')
    const analysis = analyzeNetwork(network, { input: { height: 32, width: 32, channels: 3 }, classes: 4 })
    expect(analysis.layers[1]?.outputShape).toEqual([6, 32, 32])
    expect(analysis.issues).toMatchObject([{ code: 'class-mismatch' }])
  })
})

describe('the zoo', () => {
  it('has unique ids', () => {
    expect(new Set(zooEntries.map((entry) => entry.id)).size).toBe(zooEntries.length)
  })

  it.each(zooEntries)('$id fits its own input and classes', ({ id, input, classes }) => {
    expect(checkNetwork(zooNetwork(id), { input, classes })).toEqual([])
  })

  it('builds LeNet-5 for 32x32 colour images of any number of classes', () => {
    const input = { height: 32, width: 32, channels: 3 }
    expect(checkNetwork(zooNetwork('lenet5', { input, classes: 100 }), { input, classes: 100 })).toEqual([])
  })

  it('names the nearest network', () => {
    expect(() => zooNetwork('lenet-5')).toThrow(/did you mean "lenet5"/)
  })
})
