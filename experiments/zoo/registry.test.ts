import { describe, expect, it, test } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { checkNetwork } from '../network/check-network.ts'
import { expandNetwork } from '../network/expand-network.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import { parseNetworkDocument } from '../network/parse-network-document.ts'
import { elementCount } from '../ops/tensor-type.ts'
import { googLeNet } from './googlenet.ts'
import { zooEntries, zooEntry, zooNetwork } from './registry.ts'

/**
 * Parameters, exactly, and multiply-adds: those of torchvision, timm (Inception-ResNet-v2) or the paper; the CIFAR networks, of which papers
 * say 0.27 M and 0.041 G, as their tables add up. Undefined where nothing is published.
 */
const published: Readonly<Record<string, readonly [params: number, macs: number] | undefined>> = {
  lenet5: [61_706, 0.42e6],
  alexnet: [61_100_840, 0.714e9],
  zfnet: [62_357_608, 1.17e9],
  vgg16: [138_357_544, 15.47e9],
  vgg19: [143_667_240, 19.63e9],
  googlenet: [6_624_904, 1.5e9],
  'googlenet-naive': undefined,
  resnet18: [11_689_512, 1.82e9],
  resnet34: [21_797_672, 3.67e9],
  resnet50: [25_557_032, 4.11e9],
  resnet101: [44_549_160, 7.83e9],
  resnet152: [60_192_808, 11.56e9],
  'wrn50-2': [68_883_240, 11.43e9],
  'resnext50-32x4d': [25_028_904, 4.26e9],
  resnet20: [269_722, 40.8e6],
  resnet32: [464_154, 0.069e9],
  resnet44: [658_586, 0.097e9],
  resnet56: [853_018, 0.125e9],
  resnet110: [1_727_962, 0.253e9],
  plain20: [269_722, 40.8e6],
  plain56: [853_018, 0.125e9],
  'preact-resnet20': [269_722, 40.8e6],
  'wrn28-10': [36_479_194, 5.24e9],
  'inception-resnet-v2': [55_843_464, 13.18e9],
}

test('there is one network for each id of the command line', () => {
  expect(zooEntries.map(({ id }) => id).toSorted()).toEqual(Object.keys(published).toSorted())
  expect(() => zooEntry('resnet51')).toThrow(/did you mean "resnet5[06]"/)
})

describe.each(zooEntries.map((entry) => ({ entry, id: entry.id })))('$id', ({ entry }) => {
  const document = zooNetwork(entry.id)
  const analysis = analyzeNetwork(document, { classes: entry.classes })

  it('has the published size and cost', () => {
    expect(analysis.issues).toEqual([])
    const known = published[entry.id]
    if (!known) return
    const [params, macs] = known
    expect(analysis.params).toBe(params)
    expect(Math.abs(analysis.macs / macs - 1)).toBeLessThan(0.01)
  })

  it('says where it comes from', () => {
    expect(entry.source.length).toBeGreaterThan(40)
    expect(entry.smallInput.length).toBeGreaterThan(10)
    expect(entry.title).not.toBe('')
  })

  it('is a sound document, laid out, and no longer than a page when folded', () => {
    expect(parseNetworkDocument(JSON.parse(JSON.stringify(document)))).toMatchObject({ ok: true })
    expect(document.nodes.every(({ position }) => position !== undefined)).toBe(true)
    expect(document.nodes.length).toBeLessThanOrEqual(25)
  })

  it.each([
    [28, 1],
    [32, 3],
    [64, 3],
    [96, 3],
    [224, 3],
  ])('takes images of %i pixels and %i channels', (side, channels) => {
    const input = { height: side, width: side, channels }
    const small = zooNetwork(entry.id, { input, classes: 10, width: 0.25 })
    expect(checkNetwork(small, { input, classes: 10 })).toEqual([])
    // Something is left to see: the map before the classifier's layers has not shrunk to nothing long before.
    const widest = analyzeNetwork(small).layers.filter(({ outputShape }) => outputShape.length === 3)
    expect(widest.length).toBeGreaterThan(3)
  })

  it('takes a width that makes it smaller', () => {
    const narrow = analyzeNetwork(zooNetwork(entry.id, { width: 0.5 }))
    expect(narrow.issues).toEqual([])
    expect(narrow.params).toBeLessThan(0.75 * analysis.params)
  })
})

test('residual networks with zero-padding shortcuts have the weights of their plain twins', () => {
  const weights = (id: string) => analyzeNetwork(zooNetwork(id)).params
  expect(weights('resnet20')).toBe(weights('plain20'))
  expect(weights('resnet56')).toBe(weights('plain56'))
})

test('GoogLeNet can have the auxiliary heads of torchvision, which count while it trains', () => {
  const options = { input: zooEntry('googlenet').input, classes: 1000 }
  const document = googLeNet('inception', { ...options, auxiliaryHeads: true })
  expect(checkNetwork(document)).toEqual([])
  const training = lowerNetwork(document, { mode: 'training', batch: 1 })
  expect(training.auxiliaryHeads.map(({ weight }) => weight)).toEqual([0.3, 0.3])
  expect(training.weights.reduce((sum, { shape }) => sum + elementCount(shape), 0)).toBe(13_004_888)
  expect(analyzeNetwork(document).params).toBe(6_624_904)
})

test('names inside follow the papers', () => {
  const ids = (id: string) => expandNetwork(zooNetwork(id)).document.nodes.map((node) => node.id)
  expect(ids('googlenet')).toContain('inception_3a/5x5_reduce/conv')
  expect(ids('resnet50')).toContain('conv3_x/1/shortcut')
  expect(ids('vgg16')).toContain('conv5/conv3')
  expect(ids('inception-resnet-v2')).toContain('block17/20/1x7/conv')
})
