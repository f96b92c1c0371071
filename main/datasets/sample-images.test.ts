import { describe, expect, it } from 'vitest'
import { balancedSample } from './sample-images.ts'

describe('balancedSample', () => {
  const labels = Uint16Array.from([0, 0, 0, 0, 0, 1, 2, 2])
  const sampled = (count: number) => balancedSample(labels, 4, count).map((position) => labels[position])

  it('takes one of each class in turn, and goes on when a class is used up or empty', () => {
    expect(sampled(3)).toEqual([0, 1, 2])
    expect(sampled(6)).toEqual([0, 1, 2, 0, 2, 0])
  })

  it('takes each example once, and all when more are asked for', () => {
    expect(balancedSample(labels, 4, 200).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('repeats', () => {
    expect(balancedSample(labels, 4, 5)).toEqual(balancedSample(labels, 4, 5))
  })
})
