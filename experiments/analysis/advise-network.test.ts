import { expect, test } from 'vitest'
import { addNode } from '../editing/add-node.ts'
import { blankDocument } from '../editing/edit-document.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { adviseNetwork, type Advice } from './advise-network.ts'
import { analyzeLowered } from './analyze-network.ts'

function advice(document: NetworkDocument): readonly Advice[] {
  const lowered = lowerNetwork(document, { mode: 'inference', batch: 1 })
  return adviseNetwork(lowered, analyzeLowered(lowered))
}
const kinds = (document: NetworkDocument) => [...new Set(advice(document).map(({ kind }) => kind))]

/** Input of 32x32, and convolutions in a row: filters and kernel of each. */
function convolutions(
  channels: number,
  ...row: readonly (readonly [filters: number, kernel: number])[]
): NetworkDocument {
  const edits = [
    addNode(null, { type: 'input', params: { height: 32, width: 32, channels } }),
    ...row.map(([filters, kernel], i) =>
      addNode(null, { type: 'conv2d', params: { filters, kernel } }, { behind: i === 0 ? 'input' : `conv${i}` }),
    ),
  ]
  return edits.reduce((document, edit) => {
    const outcome = edit.apply(document)
    if (!outcome.ok) throw new Error('refused')
    return outcome.document
  }, blankDocument('x'))
}

test('a 7x7 over 64 channels: three 3x3 take 27 C^2 instead of 49 C^2', () => {
  const note = advice(convolutions(64, [64, 7])).find(({ kind }) => kind === 'large-kernel')
  expect(note).toMatchObject({ nodes: ['conv1'], kernel: 7, count: 3 })
  expect(note?.actual?.params).toBe(49 * 64 * 64)
  expect(note?.alternative?.params).toBe(27 * 64 * 64)
  expect(note?.share).toBeCloseTo(1 - 27 / 49, 6)
})

test('a 5x5 without a bottleneck is dear, one behind a 1x1 is not', () => {
  const note = advice(convolutions(64, [128, 5])).find(({ kind }) => kind === 'no-bottleneck')
  const reduced = 16
  expect(note).toMatchObject({ count: reduced })
  expect(note?.alternative?.params).toBe(64 * reduced + 25 * reduced * 128)
  expect(kinds(convolutions(256, [64, 1], [128, 5]))).not.toContain('no-bottleneck')
})

test('the lecture in the zoo: depth without shortcuts, dense layers that hold most, and nothing to say of ResNets', () => {
  expect(kinds(zooNetwork('plain56'))).toEqual(['no-shortcuts'])
  expect(kinds(zooNetwork('resnet56'))).toEqual([])
  expect(kinds(zooNetwork('vgg16'))).toContain('dense-heavy')
  expect(kinds(zooNetwork('resnet50'))).toEqual([])
  expect(kinds(zooNetwork('lenet5'))).not.toContain('saturating')
})
