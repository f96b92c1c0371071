import { describe, expect, test } from 'vitest'
import { combinePredictions } from './combine-predictions.ts'
import { cropViews, drawView } from './crop-views.ts'
import { evaluatePredictions } from './evaluate-predictions.ts'
import { predictedClasses, softmaxRows, type PredictionSet } from './prediction-set.ts'

const set = (...rows: number[][]): PredictionSet => ({
  classes: rows[0]?.length ?? 0,
  probabilities: Float32Array.from(rows.flat()),
})

test('softmax survives large scores and its rows sum to 1', () => {
  const rows = softmaxRows(Float32Array.of(1000, 1001, 999, -5, 0, 5), 3)
  expect(rows.slice(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  expect(rows[1]).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 6)
})

describe('evaluation', () => {
  const predictions = set([0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.05, 0.9, 0.05])
  const result = evaluatePredictions(predictions, [0, 1, 1, 0])

  test('counts loss, accuracy and the confusion matrix', () => {
    expect(result.accuracy).toBe(0.5)
    expect(result.loss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.3) + Math.log(0.8) + Math.log(0.05)) / 4, 5)
    expect(result.confusion).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ])
  })

  test('a network that is sure of one class has not the others in its first five by default', () => {
    const sure = set(...[0, 1, 2, 3, 4, 5, 6, 7].map(() => [1, 0, 0, 0, 0, 0, 0, 0]))
    expect(evaluatePredictions(sure, [0, 1, 2, 3, 4, 5, 6, 7]).top5).toBe(5 / 8)
  })

  test('precision and recall are null where there is nothing to count', () => {
    expect(result.classes[0]).toEqual({ label: 0, support: 2, predicted: 2, precision: 0.5, recall: 0.5, f1: 0.5 })
    expect(result.classes[2]).toEqual({ label: 2, support: 0, predicted: 0, precision: null, recall: null, f1: null })
  })

  test('the errors come surest first', () => {
    expect(result.errors.map(({ example, predicted }) => [example, predicted])).toEqual([
      [3, 1],
      [1, 0],
    ])
  })

  test('a network that is as right as it is sure has no calibration error', () => {
    const rows = Array.from({ length: 10 }, () => [0.7, 0.3])
    const labels = rows.map((_, i) => (i < 7 ? 0 : 1))
    expect(evaluatePredictions(set(...rows), labels).calibration.error).toBeCloseTo(0, 6)
    expect(
      evaluatePredictions(
        set(...rows),
        rows.map(() => 0),
      ).calibration.error,
    ).toBeCloseTo(0.3, 6)
  })
})

describe('ensembles', () => {
  const labels = [0, 0, 1, 1]
  const good = set([0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.1, 0.9])
  const bad = set([0.1, 0.9], [0.3, 0.7], [0.9, 0.1], [0.6, 0.4])

  test('the average is that of the probabilities', () => {
    const { predictions, weights } = combinePredictions([good, bad], 'average', labels)
    expect([...predictions.probabilities.slice(0, 2)]).toEqual([0.5, 0.5])
    expect(weights).toEqual([0.5, 0.5])
  })

  test('a vote follows the majority, a tie the mean probability', () => {
    const third = set([0.55, 0.45], [0.45, 0.55], [0.45, 0.55], [0.45, 0.55])
    const majority = combinePredictions([good, bad, third], 'vote', labels).predictions
    expect([...predictedClasses(majority)]).toEqual([0, 1, 1, 1])
    const tie = combinePredictions([good, bad], 'vote', labels).predictions
    expect([...predictedClasses(tie)]).toEqual([0, 0, 0, 1])
    expect(tie.probabilities.slice(0, 2).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  })

  test('greedy selection leaves out a member that only harms', () => {
    const { predictions, weights } = combinePredictions([good, bad], 'greedy', labels)
    expect(weights).toEqual([1, 0])
    expect([...predictedClasses(predictions)]).toEqual(labels)
  })

  test('greedy weights for one half are never chosen by its own labels', () => {
    // Right only on even examples, and only on odd ones: each half picks the member that fails on the other.
    const even = set([1, 0], [1, 0], [0, 1], [1, 0])
    const odd = set([0, 1], [0, 1], [1, 0], [0, 1])
    const { predictions } = combinePredictions([even, odd], 'greedy', [0, 1, 1, 1])
    expect(evaluatePredictions(predictions, [0, 1, 1, 1]).accuracy).toBe(0)
  })
})

describe('crops', () => {
  test('there are as many views as the name says, half of ten mirrored', () => {
    expect(cropViews(1)).toHaveLength(1)
    expect(cropViews(5)).toHaveLength(5)
    expect(cropViews(10).filter(({ mirror }) => mirror)).toHaveLength(5)
    expect(cropViews('dense')).toHaveLength(38)
  })

  const size = { height: 2, width: 4 }
  const image = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13)
  const seen = (view: Parameters<typeof drawView>[0]): number[] => {
    const to = new Float32Array(8)
    drawView(view, size, image, to)
    return [...to]
  }

  test('the whole image is untouched, its mirror image exact', () => {
    expect(seen({ scale: 1, x: 0.5, y: 0.5, mirror: false })).toEqual([...image])
    expect(seen({ scale: 1, x: 0.5, y: 0.5, mirror: true })).toEqual([3, 2, 1, 0, 13, 12, 11, 10])
  })

  test('an enlarged image is seen through its corner', () => {
    // Twice as large: the left half of the columns at quarter steps, edges repeated.
    expect(seen({ scale: 2, x: 0, y: 0, mirror: false })).toEqual([0, 0.25, 0.75, 1.25, 2.5, 2.75, 3.25, 3.75])
  })
})
