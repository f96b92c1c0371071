import { describe, expect, it } from 'vitest'
import { BatchReader } from './batch-reader.ts'

const count = 5
const statistics = { mean: [0.3, 0.5, 0.7], std: [0.2, 0.25, 0.4] }

function example(height: number, width: number, channels: number) {
  const pixels = Uint8Array.from({ length: count * height * width * channels }, (_, i) => (i * 37) & 0xff)
  const labels = Uint16Array.from({ length: count }, (_, i) => 300 + i)
  return new BatchReader({ height, width, channels, statistics }, { count, pixels, labels })
}

describe('BatchReader', () => {
  it.each([
    [1, 1, 1],
    [3, 5, 1],
    [4, 4, 3],
    [3, 3, 3],
    [2, 1, 2],
  ])('normalises %i x %i x %i images into planes', (height, width, channels) => {
    const indices = Uint32Array.of(4, 0, 3, 3, 1)
    const reader = example(height, width, channels)
    const images = new Float32Array(3 * reader.imageLength + 1).fill(-99)
    const labels = new Int32Array(4).fill(-99)
    reader.fill(indices, 1, 3, images, labels)
    const expected: number[] = []
    for (const index of [0, 3, 3]) {
      for (let c = 0; c < channels; c++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const byte = (((index * height + y) * width + x) * channels + c) * 37
            const { mean, std } = statistics
            expected.push(Math.fround(((byte & 0xff) / 255 - (mean[c] as number)) / (std[c] as number)))
          }
        }
      }
    }
    expect([...images]).toEqual([...expected, -99])
    expect([...labels]).toEqual([300, 303, 303, -99])
  })

  it('refuses what does not fit', () => {
    const reader = example(2, 2, 1)
    const fill =
      (indices: number[], start: number, n: number, floats: number, labels = n) =>
      () =>
        reader.fill(Uint32Array.from(indices), start, n, new Float32Array(floats), new Int32Array(labels))
    expect(fill([0, 1], 1, 2, 8)).toThrow(RangeError)
    expect(fill([0, 1], -1, 1, 8)).toThrow(RangeError)
    expect(fill([0, 1], 0, 2, 7)).toThrow(RangeError)
    expect(fill([0, 1], 0, 2, 8, 1)).toThrow(RangeError)
    expect(fill([0, 5], 0, 2, 8)).toThrow('example 5 of 5')
    expect(fill([0, 4], 0, 2, 8)).not.toThrow()
  })
})
