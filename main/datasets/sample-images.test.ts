import { describe, expect, it } from 'vitest'
import { balancedSample, shrink } from './sample-images.ts'

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

  it('takes of some classes only', () => {
    const of = (count: number) => balancedSample(labels, 4, count, [2, 3, 1]).map((position) => labels[position])
    expect(of(2)).toEqual([1, 2])
    expect(of(9)).toEqual([1, 2, 2])
  })

  it('repeats', () => {
    expect(balancedSample(labels, 4, 5)).toEqual(balancedSample(labels, 4, 5))
  })
})

describe('shrink', () => {
  it('takes the mean of squares of pixels, channel by channel, and cuts off what is left over', () => {
    // Two rows of five pixels of two channels: the second channel is 100 more.
    const row = (values: number[]) => values.flatMap((value) => [value, value + 100])
    const pixels = Uint8Array.from([...row([0, 2, 10, 20, 99]), ...row([4, 6, 30, 40, 99])])
    expect([...shrink(pixels, { height: 2, width: 5, channels: 2 }, 2)]).toEqual([3, 103, 25, 125])
  })
})
