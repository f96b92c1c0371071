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

  it('finds the directions in which colours vary', () => {
    const histogram = new ChannelHistogram(3)
    // Colours on a line of direction (2, 1, 2) / 3 with deviation s, and a little in (1, -2, 0).
    const pixels: number[] = []
    for (let i = 0; i < 300; i++) {
      const t = (i % 30) - 14.5
      const u = Math.floor(i / 30) % 2 === 0 ? 1 : -1
      pixels.push(128 + 4 * t + u, 128 + 2 * t - 2 * u, 128 + 4 * t)
    }
    histogram.add(Uint8Array.from(pixels))
    const [first, second, third] = histogram.statistics().components
    expect(first!.direction.map((part) => Math.round(part * 300) / 100)).toEqual([2, 1, 2])
    expect(first!.deviation).toBeCloseTo((6 * Math.sqrt((30 ** 2 - 1) / 12)) / 255, 6)
    expect(second!.deviation).toBeCloseTo(Math.sqrt(5) / 255, 6)
    expect(third!.deviation).toBeCloseTo(0, 6)
  })

  it('gives a constant channel the standard deviation 1', () => {
    const histogram = new ChannelHistogram(1)
    histogram.add(new Uint8Array(100).fill(51))
    expect(histogram.statistics()).toEqual({
      ...{ mean: [0.2], std: [1] },
      components: [{ direction: [1], deviation: 0 }],
    })
  })
})
