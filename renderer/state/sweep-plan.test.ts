import { expect, test } from 'vitest'
import { suggestAxis } from '../../experiments/tuning/places/axis-place.ts'
import { networkPlaces } from '../../experiments/tuning/places/network-places.ts'
import { trainingPlaces } from '../../experiments/tuning/places/training-places.ts'
import { parseSweepSpec } from '../../experiments/tuning/sweep-spec.ts'
import type { SweepDetail } from '../../experiments/tuning/sweep-record.ts'
import { zfnetSweep } from '../../experiments/recipes/zfnet.ts'
import { scaledAlexNet } from '../../experiments/recipes/zfnet.ts'
import { SweepPlan } from './sweep-plan.svelte.ts'

const experiment = {
  version: 1,
  network: { document: scaledAlexNet() },
  data: { dataset: 'fashion-mnist' },
  train: { epochs: 9, batchSize: 64, learningRate: 0.01, optimizer: { type: 'sgd', momentum: 0.9 } },
}
const begin = (): SweepPlan => {
  const plan = new SweepPlan()
  plan.begin({ experiment, document: scaledAlexNet(), title: 'AlexNet' })
  return plan
}
const placeOf = (plan: SweepPlan, path: string) => plan.places.find((place) => place.path === path)!

test('a plan begins with the learning rate around its value, and is sound', () => {
  const plan = begin()
  expect(plan.checked.issues).toEqual([])
  expect(plan.checked.spec.space).toEqual([
    { path: 'train.learningRate', range: [0.001, 0.1], scale: 'log', integer: false },
  ])
})

test('axes of the network, of choices and of conditions', () => {
  const plan = begin()
  plan.add(placeOf(plan, 'network.nodes.conv1.params.kernel'))
  plan.add(placeOf(plan, 'train.optimizer'))
  plan.add(placeOf(plan, 'train.optimizer.momentum'))
  const momentum = plan.axes.at(-1)!
  momentum.when = plan
    .conditionsOf(momentum)
    .find((one) => one.type === 'value' && (one.value as { type?: string }).type === 'sgd')!.key
  expect(plan.checked.issues).toEqual([])
  expect(plan.checked.spec.space[1]).toEqual({ path: 'network.nodes.conv1.params.kernel', values: [9, 11, 13] })
  expect(plan.checked.spec.space[2]).toMatchObject({ labels: ['sgd', 'rmsprop', 'adam', 'adamw'] })
  expect(plan.checked.spec.space[3]).toMatchObject({
    when: { axis: 'train.optimizer', in: [{ type: 'sgd', momentum: 0.9 }] },
  })
  expect(plan.add(placeOf(plan, 'train.weightDecay'))).toBe(true)
  expect(plan.places.some(({ path }) => path === 'train.weightDecay')).toBe(false)
})

test('what is typed wrong is said with its place', () => {
  const plan = begin()
  plan.axes[0]!.from = 'much'
  expect(plan.checked.issues[0]).toMatchObject({ path: 'space.0.range.0' })
  plan.axes[0]!.from = '1'
  expect(plan.checked.issues[0]).toMatchObject({ path: 'space.0.range' })
  plan.fields.trials = '0'
  expect(plan.checked.issues.map(({ path }) => path)).toContain('budget.trials')
})

test('suggestions lie inside of what the place takes', () => {
  const places = [...trainingPlaces(experiment), ...networkPlaces(scaledAlexNet())]
  expect(places.length).toBeGreaterThan(20)
  for (const place of places) {
    const suggested = suggestAxis(place)
    if (place.kind === 'choice') expect(suggested.kind).toBe('values')
    else if (suggested.kind === 'values')
      for (const value of suggested.values) expect(Number(value)).toBeGreaterThanOrEqual(place.min)
    else
      expect([suggested.from >= place.min, suggested.to <= place.max, suggested.from < suggested.to]).toEqual([
        true,
        true,
        true,
      ])
  }
})

test('the width of several layers, and of the whole network, is one factor', () => {
  const plan = begin()
  const width = placeOf(plan, 'network.width')
  expect(width.paths).toContain('network.nodes.conv3.params.filters')
  // The last layer counts classes.
  expect(width.paths).not.toContain('network.nodes.fc8.params.units')
  plan.add(width)
  expect(plan.checked.issues).toEqual([])
  expect(plan.checked.spec.space[1]).toMatchObject({ name: 'network.width', apply: 'multiply', range: [0.5, 2] })
})

test('an axis that the network has no place for is said before anything is queued', () => {
  const plan = begin()
  plan.add({ path: 'network.nodes.conv9.params.kernel', kind: 'integer', min: 1, max: 9, value: 3 })
  expect(plan.checked.issues).toEqual([
    expect.objectContaining({ path: 'space.1.path', message: expect.stringContaining('did you mean') as string }),
  ])
})

test('an axis may exist only in a range of another one', () => {
  const plan = begin()
  plan.add(placeOf(plan, 'train.optimizer.momentum'))
  const momentum = plan.axes[1]!
  expect(plan.conditionsOf(momentum)).toEqual([
    { type: 'range', key: expect.any(String) as string, axis: 'train.learningRate' },
  ])
  momentum.when = plan.conditionsOf(momentum)[0]!.key
  // Without an end it says nothing, with a wrong one it can never hold.
  expect(plan.checked.issues).toEqual([expect.objectContaining({ path: 'space.1.when' })])
  momentum.whenFrom = '0.5'
  expect(plan.checked.issues).toEqual([expect.objectContaining({ path: 'space.1.when' })])
  momentum.whenFrom = ''
  momentum.whenTo = '0.02'
  expect(plan.checked.issues).toEqual([])
  expect(plan.checked.spec.space[1]).toMatchObject({ when: { axis: 'train.learningRate', max: 0.02 } })
})

test('rungs, points of a grid, cost, memory and full length have fields', () => {
  const plan = begin()
  const { fields } = plan
  Object.assign(fields, { minEpochs: '2', reduction: '4', perCost: true, fullEpochs: '40', memoryLimit: '1.5' })
  plan.axes[0]!.points = '7'
  expect(plan.checked).toMatchObject({
    issues: [],
    spec: {
      search: { type: 'tpe', perCost: true },
      fidelity: { type: 'asha', minEpochs: 2, reduction: 4 },
      ...{ fullEpochs: 40, memoryLimit: 1.5e9, space: [{ points: 7 }] },
    },
  })
  fields.search = 'grid'
  expect(plan.checked.size).toBe(7)
  expect(plan.checked.spec.search).toEqual({ type: 'grid' })
  fields.minEpochs = '9'
  expect(plan.checked.issues).toEqual([expect.objectContaining({ path: 'fidelity.minEpochs' })])
  Object.assign(fields, { fidelity: 'median', graceEpochs: '3', minTrials: '6', memoryLimit: 'much' })
  expect(plan.checked.spec.fidelity).toEqual({ type: 'median', graceEpochs: 3, minTrials: 6 })
  expect(plan.checked.issues).toEqual([expect.objectContaining({ path: 'memoryLimit' })])
})

test('a target is a percentage, and ends the sweep where that is wanted', () => {
  const plan = begin()
  plan.fields.target = '91.5'
  plan.fields.untilTarget = true
  expect(plan.checked.spec).toMatchObject({ target: 0.915, untilTarget: true })
  plan.fields.target = 'high'
  expect(plan.checked.issues.map(({ path }) => path)).toContain('target')
})

test('a sweep that has begun is taken apart into fields and put together as it was', () => {
  const condition = { axis: 'first filter', min: 5 }
  const first = zfnetSweep()
  const spec = parseSweepSpec({
    ...first,
    space: [
      ...first.space,
      { path: 'train.batchSize', values: [32, 64], when: condition },
      { path: 'data.inputSize', values: [28, 32], when: [condition, { axis: 'first stride', in: [2, 3] }] },
      { path: 'train.labelSmoothing', range: [0, 0.2], when: { axis: 'first stride', in: [2] } },
      {
        path: 'train.optimizer',
        values: [{ type: 'sgd', momentum: 0.8 }, { type: 'adam' }],
        labels: ['heavy', 'adam'],
      },
    ],
    search: { type: 'tpe', startup: 7, perCost: true },
    ...{ target: 0.9, memoryLimit: 1_234_567_891, fullEpochs: 30 },
  })
  const plan = begin()
  const collected = plan.axes
  plan.edit({ id: 3, spec, state: 'paused' } as SweepDetail, scaledAlexNet())
  expect(plan.checked.issues).toEqual([])
  expect(parseSweepSpec(plan.checked.spec)).toEqual(spec)
  expect(plan.change).toEqual({})
  expect(plan.axes.find(({ place }) => place.path === 'train.labelSmoothing')?.when).toBe('first stride=2')
  expect(plan.axes.find(({ place }) => place.path === 'train.batchSize')?.whenFrom).toBe('5')
  plan.axes[0]!.values = '3, 5'
  Object.assign(plan.fields, { target: '', memoryLimit: '', perCost: false })
  expect(plan.change).toMatchObject({
    ...{ target: null, memoryLimit: null, search: { startup: 7, perCost: false } },
    space: [{ name: 'first filter', values: [3, 5] }, {}, {}, {}, {}, {}, {}, {}, {}],
  })
  // The axes that wait for the next sweep are there again.
  plan.close()
  expect(plan.axes).toEqual(collected)
})
