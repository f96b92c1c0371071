import { describe, expect, it } from 'vitest'
import { ChannelHistogram } from './channel-statistics.ts'

describe('ChannelHistogram', () => {
  it('has the mean and standard deviation of each channel, whatever the pieces', () => {
    const pixels = Uint8Array.from({ length: 3 * 1000 }, (_, i) => (i * i * 31 + i) & 0xff)
    const whole = new ChannelHistogram(3)
    whole.add(pixels)
    const pieces = new ChannelHistogram(3)
    for (let start = 0; start < pixels.length; start += 7) pieces.add(pixels.subarray(start, start + 7))
    expect(pieces.statistics()).toEqual(whole.statistics())
    for (let channel = 0; channel < 3; channel++) {
      const values = [...pixels].filter((_, i) => i % 3 === channel).map((value) => value / 255)
      const mean = values.reduce((a, b) => a + b) / values.length
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
      expect(whole.statistics().mean[channel]).toBeCloseTo(mean, 12)
      expect(whole.statistics().std[channel]).toBeCloseTo(Math.sqrt(variance), 12)
    }
  })

  it('gives a constant channel the standard deviation 1', () => {
    const histogram = new ChannelHistogram(1)
    histogram.add(new Uint8Array(100).fill(51))
    expect(histogram.statistics()).toEqual({ mean: [0.2], std: [1] })
  })
})
