import { describe, expect, test } from 'vitest'
import { judgeLayers } from './gradient-health.ts'
import { histogramOf } from './histogram.ts'
import type { LayerStatistics } from './inspection-record.ts'

const empty = { low: 0, high: 0, counts: [] }

function statistics(sizes: readonly number[], updates = 1e-3, dead = 0): LayerStatistics {
  return {
    ...{ epoch: 1, step: 10, examples: 8, loss: 1 },
    weights: sizes.map((size, i) => ({
      ...{ name: `conv${i}.kernel`, node: `conv${i}`, values: 100, norm: 1, gradientNorm: size * 10 },
      ...{ updateRatio: updates, histogram: empty, gradientHistogram: empty },
    })),
    activations: [{ node: 'relu', mean: 0, deviation: 1, zeroShare: 0.5, units: 10, dead, histogram: empty }],
  }
}

describe('the health of gradients', () => {
  test('even gradients and usual updates are fine', () => {
    expect(judgeLayers(statistics([1, 2, 1, 0.5, 1, 1]))).toEqual([])
  })
  test('vanishing towards the input, with the layers that starve', () => {
    const [finding, ...rest] = judgeLayers(statistics([1e-6, 1e-5, 1e-3, 1e-2, 1e-1, 1]))
    expect(finding).toMatchObject({ kind: 'vanishing', layers: ['conv0', 'conv1'] })
    expect(finding?.ratio).toBeLessThan(1e-3)
    expect(rest).toEqual([])
  })
  test('exploding towards the input, by an infinite gradient, and by a huge step', () => {
    expect(judgeLayers(statistics([1e5, 1e4, 10, 1, 1, 1]))).toMatchObject([{ kind: 'exploding' }])
    expect(judgeLayers(statistics([1, Number.POSITIVE_INFINITY]))).toMatchObject([
      { kind: 'exploding', layers: ['conv1'] },
    ])
    expect(judgeLayers(statistics([1, 1], 0.5))).toMatchObject([{ kind: 'exploding', ratio: 0.5 }])
  })
  test('standing weights and dead units', () => {
    expect(judgeLayers(statistics([1, 1], 1e-9, 6)).map(({ kind }) => kind)).toEqual(['standing', 'dead'])
    expect(judgeLayers(statistics([1, 1], 1e-3, 3))).toEqual([])
  })
})

test('a histogram counts every finite value once, the largest in the last bin', () => {
  const { low, high, counts } = histogramOf([0, 1, 2, 3, 4, Number.NaN, Number.POSITIVE_INFINITY], 4)
  expect({ low, high, counts }).toEqual({ low: 0, high: 4, counts: [1, 1, 1, 2] })
  expect(histogramOf([2, 2], 3)).toEqual({ low: 2, high: 2, counts: [2, 0, 0] })
  expect(histogramOf([], 2)).toEqual({ low: 0, high: 0, counts: [0, 0] })
})
