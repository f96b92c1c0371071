import { mkdtempSync, rmSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { augmentationPreset } from '../../experiments/augmentation/presets.ts'
import { loadNative } from '../../native/load-addon.ts'
import { measureThreads, recommendThreads, threadCounts } from './measure-threads.ts'

let home: string
beforeAll(() => void (home = mkdtempSync(join(tmpdir(), 'strata-threads-'))))
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('the number of threads', () => {
  it('is tried in doubles up to the cores', () => {
    expect([1, 2, 6, 8].map(threadCounts)).toEqual([[1], [1, 2], [1, 2, 4, 6], [1, 2, 4, 8]])
  })

  it('is the smallest that comes near the best', () => {
    const rates = (numbers: readonly number[]) =>
      numbers.map((imagesPerSecond, i) => ({ threads: 2 ** i, imagesPerSecond }))
    expect(recommendThreads(rates([100, 190, 195]))).toBe(2)
    expect(recommendThreads(rates([100, 103, 90]))).toBe(1)
    expect(recommendThreads(rates([100, 190, 370]))).toBe(4)
  })

  it.skipIf(!loadNative().available)('is measured on the data and the list', async () => {
    const request = { dataset: 'shapes', augment: augmentationPreset('cifar', 32, false), batchSize: 64 }
    const report = await measureThreads(request, { home })
    expect(report.native).toBe(true)
    expect(report.rates.map(({ threads }) => threads)).toEqual(threadCounts(os.availableParallelism()))
    for (const { imagesPerSecond } of report.rates) expect(imagesPerSecond).toBeGreaterThan(100)
    expect(report.rates.map(({ threads }) => threads)).toContain(report.recommended)
    await expect(measureThreads({ ...request, inputSize: 64 }, { home })).rejects.toMatchObject({
      code: 'out-of-range',
    })
  })
})
