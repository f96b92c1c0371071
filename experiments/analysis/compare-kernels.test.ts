import { describe, expect, it } from 'vitest'
import { lowerNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from '../zoo/chain.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { compareKernels } from './compare-kernels.ts'

function compare(document: NetworkDocument) {
  return compareKernels(lowerNetwork(document, { mode: 'inference', batch: 1 }))
}

function between(...nodes: Parameters<typeof chain>[1]): NetworkDocument {
  return chain('kernels', [{ id: 'input', type: 'input', params: { height: 16, width: 16, channels: 8 } }, ...nodes])
}

const conv = (id: string, kernel: number, filters = 8, more = {}) => ({
  id,
  type: 'conv2d',
  params: { kernel, filters, ...more },
})

describe('compareKernels', () => {
  it('weighs three 3x3 against one 7x7: 27 to 49', () => {
    const network = between(conv('a', 3), { id: 'r', type: 'relu' }, conv('b', 3), conv('c', 3))
    expect(compare(network)).toEqual([
      {
        kind: 'stack',
        nodes: ['a', 'b', 'c'],
        kernel: 7,
        actual: { params: 27 * 64, macs: 27 * 64 * 256 },
        alternative: { params: 49 * 64, macs: 49 * 64 * 256 },
        saving: 1 - 27 / 49,
      },
    ])
  })

  it('weighs a 5x5 against two 3x3: 25 to 18', () => {
    expect(compare(between(conv('a', 5)))).toMatchObject([
      {
        kind: 'large-kernel',
        kernel: 5,
        actual: { params: 25 * 64 },
        alternative: { params: 18 * 64 },
        saving: 1 - 18 / 25,
      },
    ])
  })

  it('weighs a bottleneck, with and without a way up, against the window alone', () => {
    const down = compare(between(conv('down', 1, 2), conv('wide', 5, 16)))
    const bottleneck = down.find(({ kind }) => kind === 'bottleneck')
    expect(bottleneck).toMatchObject({
      nodes: ['down', 'wide'],
      actual: { params: 8 * 2 + 25 * 2 * 16 },
      alternative: { params: 25 * 8 * 16 },
    })
    expect(bottleneck?.saving).toBeCloseTo(1 - (8 * 2 + 25 * 2 * 16) / (25 * 8 * 16), 10)
    const block = compare(zooNetwork('resnet50')).find(({ nodes }) => nodes[0] === 'conv2_x/2/conv1')
    expect(block).toMatchObject({
      kind: 'bottleneck',
      nodes: ['conv2_x/2/conv1', 'conv2_x/2/conv2', 'conv2_x/2/conv3'],
      actual: { params: 256 * 64 + 9 * 64 * 64 + 64 * 256 },
      alternative: { params: 9 * 256 * 256 },
    })
  })

  it('does not join what a shortcut, a pooling, another user or a stride stands between', () => {
    expect(compare(between(conv('a', 3), { id: 'p', type: 'max-pool2d' }, conv('b', 3)))).toEqual([])
    expect(compare(between(conv('a', 3), conv('b', 3, 8, { stride: 2 })))).toEqual([])
    const forked = between(conv('a', 3), conv('b', 3), { id: 'add', type: 'add' })
    expect(compare({ ...forked, edges: [...forked.edges, { source: 'a', target: 'add' }] })).toEqual([])
    expect(
      compare(zooNetwork('resnet18')).filter(({ nodes }) =>
        nodes.some((id) => nodes[0]?.split('/')[1] !== id.split('/')[1]),
      ),
    ).toEqual([])
  })

  it('tells what VGG-16 saves by its stacks, and GoogLeNet by its bottlenecks', () => {
    const stacks = compare(zooNetwork('vgg16'))
    expect(stacks.map(({ kind, kernel }) => `${kind} ${kernel}`)).toEqual([
      'stack 5',
      'stack 5',
      'stack 7',
      'stack 7',
      'stack 7',
    ])
    const modules = compare(zooNetwork('googlenet')).filter(({ kind }) => kind === 'bottleneck')
    expect(modules.length).toBeGreaterThanOrEqual(18)
    const fiveByFive = modules.find(({ nodes }) => nodes[0] === 'inception_4e/5x5_reduce/conv')
    expect(fiveByFive?.saving).toBeGreaterThan(0.8)
  })
})
