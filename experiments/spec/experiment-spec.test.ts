import { describe, expect, test } from 'vitest'
import { StudioError } from '../errors/studio-error.ts'
import { parseExperimentSpec } from './experiment-spec.ts'
import { parseAssignment, setPath } from './set-path.ts'

const least = {
  version: 1,
  name: 'first',
  network: { zoo: 'lenet5' },
  data: { dataset: 'fashion-mnist' },
  train: { epochs: 3, batchSize: 128, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.05 },
  seed: 1,
}

function refusal(change: (spec: Record<string, unknown>) => unknown): StudioError {
  try {
    parseExperimentSpec(change(least), 'test.experiment.json')
  } catch (error) {
    if (error instanceof StudioError) return error
  }
  throw new Error('expected a StudioError')
}

describe('experiment specification', () => {
  test('the least form of the command-line contract gets its defaults', () => {
    expect(parseExperimentSpec(least).data.validation).toBe(0.1)
  })

  test('an unknown key is named with its place and the nearest known one', () => {
    const error = refusal((spec) => setPath(spec, 'train.lerningRate', 1))
    expect(error.code).toBe('unknown-key')
    expect(error.message).toBe(
      'test.experiment.json: train.lerningRate: unknown key "lerningRate"; did you mean "learningRate"?',
    )
  })

  test('an unknown key inside the network names the nearest key of the branch that was meant', () => {
    const error = refusal((spec) => ({ ...spec, network: { zoo: 'lenet5', fil: 'x' } }))
    expect(error.message).toContain('network.fil: unknown key "fil"')
  })

  test('an unknown optimizer lists the known ones', () => {
    const error = refusal((spec) => setPath(spec, 'train.optimizer', { type: 'sdg' }))
    expect(error.message).toContain('train.optimizer.type: expected one of "sgd"')
    expect(error.message).toContain('did you mean "sgd"?')
  })

  test.each([
    ['train.epochs', 0, 'out-of-range'],
    ['train.batchSize', 'many', 'wrong-type'],
    ['data.validation', 1, 'out-of-range'],
    ['version', 2, 'wrong-type'],
    ['seed', -1, 'out-of-range'],
  ])('%s = %j is refused as %s', (path, value, code) => {
    const error = refusal((spec) => setPath(spec, path, value))
    expect(error.code).toBe(code)
    expect(error.message).toContain(path)
  })

  test('every optimizer gets its defaults', () => {
    const optimizerOf = (optimizer: unknown) =>
      parseExperimentSpec(setPath(least, 'train.optimizer', optimizer)).train.optimizer
    expect(optimizerOf({ type: 'sgd' })).toEqual({ type: 'sgd', momentum: 0, nesterov: false })
    expect(optimizerOf({ type: 'rmsprop' })).toEqual({ type: 'rmsprop', decay: 0.99, momentum: 0, epsilon: 1e-8 })
    const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    expect(optimizerOf({ type: 'adamw' })).toEqual({ type: 'adamw', ...moments })
  })

  test('rules of training that nobody asked for are absent', () => {
    expect(Object.keys(parseExperimentSpec(least).train)).toEqual(['epochs', 'batchSize', 'optimizer', 'learningRate'])
  })

  test.each([
    ['train.optimizer', { type: 'sgd', nesterov: true }, 'train.optimizer.nesterov: needs a momentum above 0'],
    ['train.optimizer', { type: 'adam', momentum: 0.9 }, 'unknown key "momentum"'],
    ['train.schedule', { type: 'cosine', finale: 0.1 }, 'did you mean "final"?'],
    ['train.schedule', { type: 'multi-step' }, 'train.schedule.epochs'],
    ['train.gradientClip', { norm: 0 }, 'train.gradientClip.norm'],
    ['train.weightDecay', -1, 'train.weightDecay'],
    ['train.labelSmoothing', 1, 'train.labelSmoothing'],
  ])('%s = %j is refused', (path, value, says) => {
    expect(refusal((spec) => setPath(spec, path, value)).message).toContain(says)
  })

  test('a missing value is told as missing', () => {
    const error = refusal((spec) => ({ ...spec, data: {} }))
    expect(error.code).toBe('missing-value')
    expect(error.message).toContain('data.dataset')
  })

  test('all problems are collected', () => {
    const error = refusal((spec) => setPath(setPath(spec, 'train.epochs', 0), 'extra', 1))
    expect(error.details.issues).toHaveLength(2)
  })
})

describe('--set', () => {
  test('takes JSON values and text', () => {
    expect(parseAssignment('train.epochs=3')).toEqual({ path: 'train.epochs', value: 3 })
    expect(parseAssignment('name=night run')).toEqual({ path: 'name', value: 'night run' })
  })

  test('leaves the original alone', () => {
    const changed = setPath(least, 'train.optimizer.momentum', 0.5)
    expect(changed).toMatchObject({ train: { optimizer: { momentum: 0.5 } } })
    expect(least.train.optimizer.momentum).toBe(0.9)
  })

  test.each(['', 'a..b', '__proto__.x', 'name.x'])('refuses the path "%s"', (path) => {
    expect(() => setPath(least, path, 1)).toThrow(StudioError)
  })
})
