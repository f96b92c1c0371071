import { expect, test } from 'vitest'
import { adviseParallel, parallelCandidates, secondsToFirstAnswer, threadsOfEach } from './parallel-advice.ts'

const on = (cores: number, idleCores: number) => ({ cores, idleCores, imagesPerEpoch: 6000 })

test('a network that threads do not speed up trains several times at once, one that they do alone', () => {
  expect(parallelCandidates(8)).toEqual([1, 2, 4, 8])
  expect(parallelCandidates(6).map((parallel) => threadsOfEach(6, parallel))).toEqual([6, 3, 1])
  expect(adviseParallel(on(4, 4), [1000, 900, 800])).toEqual({
    ...{ parallel: 4, reason: 'gains', ...on(4, 4) },
    rates: [
      { parallel: 1, imagesPerSecond: 1000 },
      { parallel: 2, imagesPerSecond: 1800 },
      { parallel: 4, imagesPerSecond: 3200 },
    ],
  })
  expect(adviseParallel(on(4, 4), [1000, 520, 260])).toMatchObject({ parallel: 1, reason: 'fills' })
  // The second step does not pay any more.
  expect(adviseParallel(on(4, 3.5), [1000, 900, 500])).toMatchObject({ parallel: 2, reason: 'gains' })
})

test('where cores are taken, too few or nothing was measured, it is one, and says why', () => {
  expect(adviseParallel(on(4, 1.5), [1000, 900, 800])).toMatchObject({ parallel: 1, reason: 'busy', rates: [] })
  expect(adviseParallel(on(1, 1), [1000])).toMatchObject({ parallel: 1, reason: 'few-cores' })
  expect(adviseParallel(on(2, 2), undefined)).toMatchObject({ parallel: 1, reason: 'unmeasured' })
})

test('what was measured tells when the first trial stands at its rung', () => {
  const advice = adviseParallel(on(4, 4), [1000, 900, 800])
  expect(secondsToFirstAnswer(advice, 1, 3)).toBe(18)
  // Each has its part of what four do together.
  expect(secondsToFirstAnswer(advice, 4, 1)).toBe(7.5)
  expect(secondsToFirstAnswer(advice, 3, 1)).toBeUndefined()
  expect(secondsToFirstAnswer(adviseParallel(on(4, 0), undefined), 1, 1)).toBeUndefined()
})
