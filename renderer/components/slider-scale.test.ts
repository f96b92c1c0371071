import { describe, expect, it } from 'vitest'
import { sliderScale } from './slider-scale.ts'

describe('sliderScale', () => {
  it('is straight where the usual value lies inside', () => {
    const scale = sliderScale({ min: 0, max: 1, usual: 0.5 })
    expect([0, 0.25, 1].map(scale.positionOf)).toEqual([0, 250, 1000])
    expect(scale.valueAt(333)).toBe(0.33)
  })

  it('makes room for small values where the usual one is small, and still reaches both ends', () => {
    const scale = sliderScale({ min: 0, max: 256, whole: true, usual: 4 })
    expect(scale.positionOf(4)).toBe(400)
    expect([0, 1000].map(scale.valueAt)).toEqual([0, 256])
    for (const value of [0, 1, 2, 4, 16, 64, 256]) expect(scale.valueAt(scale.positionOf(value))).toBe(value)
  })

  it('keeps to bounds and to digits that can be chosen', () => {
    const scale = sliderScale({ min: 0.01, max: 10, usual: 0.2 })
    expect([-1, 99, 0.123456, 0.0123456].map(scale.clean)).toEqual([0.01, 10, 0.12, 0.012])
    expect(sliderScale({ min: 1, max: 4, usual: 4 / 3 }).write(4 / 3)).toBe('1.333')
    expect(sliderScale({ min: 0, max: 180, usual: 15 }).step).toBe(1)
  })
})
