import { describe, expect, it } from 'vitest'
import { checkDatasetName, proposeDatasetName } from './dataset-name.ts'

describe('names of datasets', () => {
  it.each([
    ['Cats & Dogs', 'cats-dogs'],
    ['flowers-17.tar.gz', 'flowers-17'],
    ['Été.ZIP', 'ete'],
    ['사진', 'images'],
    ['--', 'images'],
    ['x'.repeat(200), 'x'.repeat(60)],
  ])('%s becomes %s', (file, name) => {
    expect(proposeDatasetName(file, new Set())).toBe(name)
    expect(checkDatasetName(name, new Set())).toBeUndefined()
  })

  it('a name that is taken gets a number', () => {
    expect(proposeDatasetName('mnist.zip', new Set(['mnist', 'mnist-2']))).toBe('mnist-3')
  })

  it('says what is wrong with a name', () => {
    const taken = new Set(['mnist'])
    expect(['', 'Mnist', 'a b', '-a', 'mnist'].map((name) => checkDatasetName(name, taken))).toEqual([
      'required',
      'pattern',
      'pattern',
      'pattern',
      'taken',
    ])
  })
})
