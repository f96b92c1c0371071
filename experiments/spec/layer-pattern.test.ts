import { describe, expect, it } from 'vitest'
import { matchesLayer, unmatchedPatterns } from './layer-pattern.ts'

describe('layer patterns', () => {
  it.each([
    ['conv1', 'conv1', true],
    ['conv1', 'conv10', false],
    ['conv*', 'conv10', true],
    ['*.conv*', 'layer1.0.conv2', true],
    ['layer*.conv1', 'layer1.0.conv2', false],
    ['stem', 'stem/conv', true],
    ['stem', 'stemlike/conv', false],
    ['a*a', 'a', false],
    ['*', 'anything', true],
  ])('%s names %s: %s', (pattern, id, expected) => {
    expect(matchesLayer([pattern], id)).toBe(expected)
  })

  it('all names every layer, and a pattern that names none is found', () => {
    expect(matchesLayer('all', 'x')).toBe(true)
    expect(unmatchedPatterns(['conv*', 'cnov1'], ['conv1', 'dense1'])).toEqual(['cnov1'])
  })

  it('is quick for a hostile pattern', () => {
    expect(matchesLayer(['*a'.repeat(90)], 'a'.repeat(89))).toBe(false)
  })
})
