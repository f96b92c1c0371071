import { describe, expect, it } from 'vitest'
import { StudioError } from '../errors/studio-error.ts'
import type { RunFields } from './run-fields.ts'
import { parseRunFilter } from './run-filter.ts'

const run: RunFields = {
  ...{ id: 7, name: 'ResNet-20, night', network: 'ResNet-20 (CIFAR)', seed: 3, tags: ['night', 'keep'], starred: true },
  ...{ archived: false, created: Date.parse('2026-03-04T10:00:00Z'), note: '', 'test.accuracy': null },
  ...{ 'validation.accuracy': 0.9, 'train.learningRate': 0.001, 'train.optimizer.type': 'sgd' },
}
const known = new Set(Object.keys(run))
const accepts = (text: string): boolean => parseRunFilter(text, known).accepts((field) => run[field])

describe('filter', () => {
  it.each([
    '',
    'id = 7',
    'validation.accuracy >= 90%',
    'validation.accuracy > 0.85 and seed < 4',
    'lr = 1e-3',
    'tag = night',
    'tags = Keep and tag != day',
    'name ~ resnet and not archived',
    'starred',
    'seed in [1, 2, 3]',
    'network = "ResNet-20 (CIFAR)"',
    'seed = 9 or seed = 3 and starred',
    'not (seed = 9 or archived)',
    'created > 2026-03-01 and created < "2026-03-05"',
    'test.accuracy != 0.5',
    'resnet',
    '"resnet-20, ni"',
    'not test.accuracy',
    'optimizer = SGD',
    'name !~ vgg',
    'resnet night seed = 3',
  ])('takes %s', (text) => expect(accepts(text)).toBe(true))

  it.each([
    'id = 8',
    'test.accuracy < 1',
    'test.accuracy >= 0',
    'tag = day',
    'archived',
    'vgg',
    '(seed = 9 or seed = 3) and archived',
  ])('leaves out %s', (text) => expect(accepts(text)).toBe(false))

  it.each([
    ['sed = 1', 0, 'did you mean seed?'],
    ['train.learningRat > 1', 0, 'did you mean train.learningRate?'],
    ['seed >', 6, 'expected a value'],
    ['seed = 1 and', 12, 'expected'],
    ['(seed = 1', 9, 'expected ")"'],
    ['seed = 1 ] seed = 2', 9, 'expected and, or, or the end'],
    ['name = "open', 7, 'has no end'],
    ['seed in 1', 8, 'expected a list'],
    ['= 3', 0, 'expected a field'],
    ['seed = #', 7, 'means nothing'],
  ])('%s is refused at its place', (text, at, says) => {
    let told: unknown
    try {
      parseRunFilter(text, known)
    } catch (error) {
      told = error
    }
    expect(told).toBeInstanceOf(StudioError)
    expect((told as StudioError).message).toContain(says)
    expect((told as StudioError).details).toMatchObject({ at })
  })

  it('names the fields it asks for', () => {
    expect([...parseRunFilter('tag = a or lr > 1 or night', known).fields]).toEqual(['tags', 'train.learningRate'])
  })
})
