import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openDataset } from './open-dataset.ts'
import { sampleImages } from './sample-images.ts'
import { drawShapes, shapeLabels, shapes } from './shapes.ts'
import { temporaryPlace } from './temporary-folder.fixture.ts'

describe('shapes', () => {
  it('has the same bytes on every platform', async () => {
    const place = await temporaryPlace()
    const dataset = await openDataset('shapes', place)
    expect(dataset.fingerprint).toBe('2890895ffb8cc444464b461744ded37aa44036c991ea9904db28d2877dcdafdb')
    expect(dataset.train).toMatchObject({ count: 10_000, classCounts: new Array(10).fill(1000) })
    expect(dataset.test).toMatchObject({ count: 2000, classCounts: new Array(10).fill(200) })

    const sample = await sampleImages('shapes', { count: 20 }, place)
    expect(sample).toMatchObject({ height: 32, width: 32, channels: 3 })
    expect(sample.images.map((image) => image.label)).toEqual([...Array(20).keys()].map((i) => i % 10))
    const stored = Buffer.from(dataset.train.pixels)
    const found = sample.images.map((image) => stored.indexOf(Buffer.from(image.pixels, 'base64')) / 3072)
    expect(new Set(found).size).toBe(20)
    expect(found.map((example) => dataset.train.labels[example])).toEqual(sample.images.map((image) => image.label))
  })

  it('draws any range like the whole', () => {
    const labels = shapeLabels('test')
    const whole = drawShapes('test', labels, 0, 40)
    expect(drawShapes('test', labels, 25, 31)).toEqual(whole.subarray(25 * 3072, 31 * 3072))
  })

  it('has no two equal images among train and test', () => {
    const seen = new Set<string>()
    for (const split of ['train', 'test'] as const) {
      const pixels = drawShapes(split, shapeLabels(split), 0, 500)
      for (let i = 0; i < 500; i++) {
        seen.add(
          createHash('sha256')
            .update(pixels.subarray(i * 3072, (i + 1) * 3072))
            .digest('hex'),
        )
      }
    }
    expect(seen.size).toBe(1000)
  })

  it('mixes the classes and names each', () => {
    expect(new Set(shapes.classes).size).toBe(10)
    expect(new Set(shapeLabels('train').subarray(0, 100)).size).toBe(10)
  })
})
