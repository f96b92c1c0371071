import { expect, test } from 'vitest'
import { nodePlaces, suggestAxis, trainingPlaces } from '../../experiments/tuning/axis-places.ts'
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
  momentum.when = plan.conditionsOf(momentum).find(({ path }) => path === 'train.optimizer')!.key
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
  plan.trials = '0'
  expect(plan.checked.issues.map(({ path }) => path)).toContain('budget.trials')
})

test('suggestions lie inside of what the place takes', () => {
  const places = [...trainingPlaces(experiment), ...scaledAlexNet().nodes.flatMap(nodePlaces)]
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
