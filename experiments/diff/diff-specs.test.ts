import { expect, it } from 'vitest'
import { parseExperimentSpec } from '../spec/experiment-spec.ts'
import { setPath } from '../spec/set-path.ts'
import { diffSpecs } from './diff-specs.ts'

const least = {
  ...{ version: 1, name: 'first', network: { zoo: 'lenet5' }, data: { dataset: 'fashion-mnist' }, seed: 1 },
  train: { epochs: 3, batchSize: 128, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.05 },
}

const spec = (...changes: readonly (readonly [string, unknown])[]) =>
  parseExperimentSpec(changes.reduce<unknown>((json, [path, value]) => setPath(json, path, value), least))

it('names each setting by its path, and says which differ', () => {
  const settings = diffSpecs([
    spec(),
    spec(['train.learningRate', 0.01], ['data.limit', 500], ['train.schedule', { type: 'cosine' }], ['name', 'other']),
  ])
  const different = settings.filter(({ isDifferent }) => isDifferent)
  expect(different.map(({ path }) => path).toSorted()).toEqual([
    'data.limit',
    'train.learningRate',
    'train.schedule.final',
    'train.schedule.type',
  ])
  expect(different.find(({ path }) => path === 'train.learningRate')).toEqual({
    ...{ group: 'training', path: 'train.learningRate', values: [0.05, 0.01], isDifferent: true },
  })
  expect(different.find(({ path }) => path === 'data.limit')).toMatchObject({ group: 'data', values: [undefined, 500] })
  expect(settings.some(({ path }) => path.startsWith('network') || path === 'name')).toBe(false)
})

it('equal experiments differ in nothing; three are compared at once', () => {
  expect(diffSpecs([spec(), spec()]).some(({ isDifferent }) => isDifferent)).toBe(false)
  const seeds = diffSpecs([spec(), spec(['seed', 2]), spec(['seed', 3])]).filter(({ isDifferent }) => isDifferent)
  expect(seeds).toMatchObject([{ path: 'seed', group: 'training', values: [1, 2, 3] }])
})
