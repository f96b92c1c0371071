/** Every place that is offered can be changed, in the network and in its own blocks, and the network is still one. */
import { expect, test } from 'vitest'
import { analyzeNetwork } from '../../analysis/analyze-network.ts'
import type { NetworkDocument } from '../../network/network-document.ts'
import { parseNetworkDocumentOrThrow } from '../../network/parse-network-document.ts'
import { zooNetwork } from '../../zoo/registry.ts'
import { applyConfiguration } from '../apply-configuration.ts'
import { compileSpace } from '../space/search-space.ts'
import { checkPlaces } from '../check-places.ts'
import { suggestAxis, type AxisPlace } from './axis-place.ts'
import { networkPlaces, sharedPlaces } from './network-places.ts'
import { trainingPlaces } from './training-places.ts'

const own: NetworkDocument = parseNetworkDocumentOrThrow({
  format: 'strata.network',
  version: 1,
  name: 'own',
  variables: { width: 16 },
  blocks: {
    stem: {
      title: 'Stem',
      inputs: [{ name: 'input' }],
      outputs: [{ name: 'output' }],
      params: { kernel: { sets: [{ node: 'conv', param: 'kernel' }] } },
      nodes: [
        { id: 'conv', type: 'conv2d', params: { filters: '=width', padding: 'same' } },
        { id: 'relu', type: 'relu' },
      ],
      edges: [
        { source: '@inputs', sourcePort: 'input', target: 'conv' },
        { source: 'conv', target: 'relu' },
        { source: 'relu', target: '@outputs', targetPort: 'output' },
      ],
    },
  },
  nodes: [
    { id: 'input', type: 'input', params: { height: 16, width: 16, channels: 1 } },
    { id: 'stem', type: 'stem' },
    { id: 'stage.a', type: 'residual-basic', params: { filters: 16 } },
    { id: 'stage.b', type: 'residual-basic', params: { filters: 32, stride: 2 } },
    { id: 'pool', type: 'global-average-pool' },
    { id: 'answer', type: 'dense', params: { units: 10 } },
    { id: 'classifier', type: 'classifier' },
  ],
  edges: [
    { source: 'input', target: 'stem' },
    { source: 'stem', target: 'stage.a' },
    { source: 'stage.a', target: 'stage.b' },
    { source: 'stage.b', target: 'pool' },
    { source: 'pool', target: 'answer' },
    { source: 'answer', target: 'classifier' },
  ],
})

function changed(document: NetworkDocument, place: AxisPlace, value: unknown): NetworkDocument {
  const paths = place.paths ?? [place.path]
  const apply = place.multiplies === true ? 'multiply' : 'set'
  const compiled = compileSpace([
    { name: 'axis', paths: [...paths], apply, values: [value as never], scale: 'linear', integer: false, points: 5 },
  ])
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message)
  expect(checkPlaces(compiled.space, ['axis'], { experiment: {}, document })).toEqual([])
  return applyConfiguration({ experiment: {}, document }, compiled.space, { axis: value as never }).document
}

const named = (document: NetworkDocument, path: string) => networkPlaces(document).find((place) => place.path === path)!

test.each([
  ['own', own],
  ['lenet5', zooNetwork('lenet5')],
  ['googlenet', zooNetwork('googlenet')],
  ['resnet50', zooNetwork('resnet50')],
])('every place of %s takes what is suggested for it', (_, document) => {
  const places = networkPlaces(document)
  expect(new Set(places.map(({ path }) => path)).size).toBe(places.length)
  for (const place of places) {
    const suggested = suggestAxis(place)
    const value = suggested.kind === 'values' ? suggested.values.at(-1) : suggested.to
    expect(changed(document, place, value)).not.toEqual(document)
  }
})

test('variables, insides of own blocks, variants, depth and width', () => {
  expect(changed(own, named(own, 'network.variables.width'), 24).variables).toEqual({ width: 24 })
  const wide = changed(own, named(own, 'network.blocks.stem.nodes.conv.params.kernel'), 5)
  expect(wide.blocks?.['stem']?.nodes[0]?.params).toMatchObject({ kernel: 5 })
  const set = changed(own, named(own, 'network.nodes.stem.params.kernel'), 7)
  expect(set.nodes[1]?.params).toEqual({ kernel: 7 })
  const bottleneck = changed(own, named(own, 'network.nodes.stage.a.type'), 'residual-bottleneck')
  expect(bottleneck.nodes[2]?.type).toBe('residual-bottleneck')
  expect(analyzeNetwork(bottleneck).issues).toEqual([])
  const deep = changed(own, named(own, 'network.nodes.stage.a.repeat.times'), 3)
  expect(analyzeNetwork(deep).layers.length).toBeGreaterThan(analyzeNetwork(own).layers.length)
  const width = named(own, 'network.width')
  expect(width.paths).toEqual(['network.nodes.stage.a.params.filters', 'network.nodes.stage.b.params.filters'])
  const half = changed(own, width, 0.5)
  expect(half.nodes.slice(2, 4).map(({ params }) => params?.['filters'])).toEqual([8, 16])
  expect(half.nodes[5]?.params).toEqual({ units: 10 })
})

test('several nodes share what all of them have', () => {
  const shared = sharedPlaces(own, null, ['stage.a', 'stage.b'])
  const at = (end: string) => shared.find(({ path }) => path === `network.nodes.stage.a+stage.b.${end}`)!
  expect(at('params.stride').value).toBeUndefined()
  expect(at('params.norm').value).toBe('batch')
  expect(
    changed(own, at('type'), 'plain-basic')
      .nodes.slice(2, 4)
      .map(({ type }) => type),
  ).toEqual(['plain-basic', 'plain-basic'])
  expect(
    changed(own, at('repeat.times'), 2)
      .nodes.slice(2, 4)
      .map(({ repeat }) => repeat?.times),
  ).toEqual([2, 2])
  expect(
    changed(own, at('width'), 2)
      .nodes.slice(2, 4)
      .map(({ params }) => params?.['filters']),
  ).toEqual([32, 64])
  const mixed = sharedPlaces(own, null, ['stage.a', 'answer'])
  expect(mixed.some(({ path }) => path.endsWith('.params.stride'))).toBe(false)
})

test('a path that leads nowhere is said with its axis and what may be meant', () => {
  const paths = [
    'network.nodes.stage.c.params.filters',
    'network.variables.widht',
    'network.blocks.stern.nodes.conv.type',
    'train.learnRate',
  ]
  const compiled = compileSpace(
    paths.map((path) => ({ path, apply: 'set', values: [1], scale: 'linear', integer: false, points: 5 })),
  )
  if (!compiled.ok) throw new Error()
  const issues = checkPlaces(compiled.space, paths, { experiment: { train: { epochs: 1 } }, document: own })
  expect(issues.map(({ path, code }) => [path, code])).toEqual([
    ['space.0.path', 'missing-value'],
    ['space.1.path', 'missing-value'],
    ['space.2.path', 'missing-value'],
    ['space.3.path', 'unknown-key'],
  ])
  expect(issues.map(({ message }) => message).join()).toMatch(/"stage.[ab]".*"width".*"stem".*"learningRate"/)
})

test('settings of the training: optimizer and schedule as a whole, and their numbers', () => {
  const places = trainingPlaces({
    train: { optimizer: { type: 'adam' }, schedule: { type: 'step', every: 3, warmUp: { epochs: 2 } } },
    data: { augment: [{ type: 'horizontal-flip' }] },
  })
  const at = (path: string) => places.find((place) => place.path === path)
  expect(at('train.optimizer.beta1')).toMatchObject({ kind: 'real', min: 0, value: 0.9 })
  expect(at('train.optimizer.momentum')).toBeUndefined()
  expect(at('train.schedule.every')).toMatchObject({ kind: 'integer', value: 3 })
  expect(at('train.schedule.factor')).toMatchObject({ value: 0.1 })
  expect(at('train.schedule.warmUp.epochs')).toMatchObject({ value: 2 })
  const labels = (path: string) => {
    const place = at(path)
    return place?.kind === 'choice' ? place.choices.map(({ label }) => label) : []
  }
  expect(labels('train.schedule')).toEqual([
    'constant',
    'step',
    'exponential',
    'cosine',
    'one-cycle',
    'reduce-on-plateau',
  ])
  expect(labels('data.augment')).toEqual(['none', 'augmented'])
})
