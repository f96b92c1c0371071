/**
 * The native code against the TypeScript reference, for each operation and for chains. Tolerance: 2e-3 of one grey level of 255 (float32
 * against double); images that are only moved and mirrored are equal to the last bit, and so are labels and everything that is drawn.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { augmentationListSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import { augmentations } from '../../experiments/augmentation/registry.ts'
import { testImage } from '../../experiments/augmentation/test-image.fixture.ts'
import { loadNative, type NativeAddon } from '../../native/load-addon.ts'
import { BatchReader } from './batch-reader.ts'
import { newBatch, ReferenceFiller, type BatchFiller, type ExampleBatch, type FillerOptions } from './batch-filler.ts'
import { ChannelHistogram } from './channel-statistics.ts'
import { NativeFiller } from './native-filler.ts'
import type { Dataset, DatasetSplit } from './open-dataset.ts'

const native = loadNative()
const tolerance = 2e-3 / 255

function testDataset(height: number, width: number, channels: number, count = 24): Dataset {
  const pixels = new Uint8Array(count * height * width * channels)
  for (let i = 0; i < count; i++) pixels.set(testImage(height, width, channels, i), i * height * width * channels)
  const histogram = new ChannelHistogram(channels)
  histogram.add(pixels)
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 5)
  const train: DatasetSplit = { count, pixels, labels, classCounts: [5, 5, 5, 5, 4] }
  const classes = ['a', 'b', 'c', 'd', 'e']
  const shape = { name: 'test', height, width, channels, classes, fingerprint: '' }
  return { ...shape, train, test: train, statistics: histogram.statistics() }
}

function optionsFor(augment: unknown, dataset: Dataset, side?: number): FillerOptions {
  const { height, width, channels } = dataset
  const input = side === undefined ? { height, width, channels } : { height: side, width: side, channels }
  return { dataset, input, augment: augmentationListSpec.parse(augment), seed: 11 }
}

async function filled(filler: BatchFiller, { dataset, input }: FillerOptions, epoch = 3): Promise<ExampleBatch> {
  const examples = Uint32Array.from({ length: dataset.train.count }, (_, i) => (i * 7) % dataset.train.count)
  const batch = newBatch(examples.length, input)
  await filler.fill({ epoch, examples, batch })
  await filler.dispose()
  return batch
}

/** In values from 0 to 1. */
function largestDifference(a: ExampleBatch, b: ExampleBatch, { mean, std }: Dataset['statistics']): number {
  const plane = a.images.length / a.labels.length / mean.length
  return a.images.reduce((most, value, i) => {
    const channel = Math.floor(i / plane) % mean.length
    return Math.max(most, Math.abs(value - b.images[i]!) * std[channel]!)
  }, 0)
}

const chains: readonly [string, unknown[]][] = [
  ['CIFAR', [{ type: 'random-crop', padding: 4 }, { type: 'mirror' }]],
  [
    'ImageNet',
    [
      { type: 'random-resized-crop' },
      { type: 'mirror' },
      { type: 'brightness' },
      { type: 'hue' },
      { type: 'lighting' },
    ],
  ],
  ...['black', 'edge', 'reflect'].map((mode): [string, unknown[]] => [
    `all geometry, border ${mode}`,
    [
      ...[
        { type: 'border', mode },
        { type: 'random-crop', padding: 20 },
        { type: 'rotation', degrees: 180 },
      ],
      ...[
        { type: 'scale', from: 0.3, to: 3, stretch: 2 },
        { type: 'shear', degrees: 50, axis: 'both' },
      ],
      ...[
        { type: 'perspective', strength: 0.9 },
        { type: 'elastic', strength: 1.5 },
      ],
    ],
  ]),
  ['everything', augmentations.map(({ id }) => ({ type: id }))],
]

describe.skipIf(!native.available)('native batches', () => {
  let addon: NativeAddon
  beforeAll(() => {
    if (native.available) addon = native.addon
  })
  const colour = testDataset(32, 32, 3)
  const grey = testDataset(28, 27, 1)

  for (const dataset of [colour, grey]) {
    const name = dataset.channels === 3 ? 'colour' : 'grey'
    it.each([...augmentations.map(({ id }): [string, unknown[]] => [id, [{ type: id, probability: 1 }]]), ...chains])(
      `%s of ${name} images is what the reference makes`,
      async (_name, list) => {
        const augment = list.map((one) => {
          const { type, probability, ...rest } = one as { type: string; probability?: number }
          const hasChance = augmentations.find(({ id }) => id === type)!.params['probability'] !== undefined
          return { type, ...(hasChance && probability !== undefined && { probability }), ...rest }
        })
        for (const side of [undefined, 24]) {
          const options = optionsFor(augment, dataset, side)
          const expected = await filled(new ReferenceFiller(options, 'test'), options)
          const actual = await filled(new NativeFiller(addon, options, 2), options)
          expect(actual.labels).toEqual(expected.labels)
          expect(actual.mixedLabels).toEqual(expected.mixedLabels)
          expect(actual.labelShares).toEqual(expected.labelShares)
          expect(largestDifference(actual, expected, dataset.statistics)).toBeLessThan(tolerance)
        }
      },
    )
  }

  it('fills batches without augmentation to the last bit as the reader does', async () => {
    for (const side of [undefined, 25]) {
      const options = optionsFor([], colour, side)
      const actual = await filled(new NativeFiller(addon, options, 2), options)
      const examples = Uint32Array.from({ length: 24 }, (_, i) => (i * 7) % 24)
      const expected = newBatch(24, options.input)
      new BatchReader(colour, colour.train, options.input).fill(examples, 0, 24, expected.images, expected.labels)
      expect(actual).toEqual({ ...expected, mixedLabels: expected.labels })
    }
  })

  it('gives the same bits with any number of threads, and in any order of batches', async () => {
    const options = optionsFor(
      augmentations.map(({ id }) => ({ type: id })),
      colour,
    )
    const one = await filled(new NativeFiller(addon, options, 1), options)
    for (const threads of [2, 3, 8]) {
      expect(await filled(new NativeFiller(addon, options, threads), options)).toEqual(one)
    }
    const filler = new NativeFiller(addon, options, 4)
    const examples = Uint32Array.from({ length: 24 }, (_, i) => (i * 7) % 24)
    const batches = [3, 1, 2, 3].map((epoch) => ({ epoch, examples, batch: newBatch(24, options.input) }))
    await Promise.all(batches.map((request) => filler.fill(request)))
    await filler.dispose()
    expect(batches[0]!.batch).toEqual(one)
    expect(batches[3]!.batch).toEqual(one)
    expect(batches[1]!.batch.images).not.toEqual(one.images)
  })

  it('refuses what is not whole, and a batch after its end', async () => {
    const options = optionsFor([], colour)
    const filler = new NativeFiller(addon, options, 1)
    const batch = newBatch(1, options.input)
    expect(() => filler.fill({ epoch: 1, examples: Uint32Array.of(24), batch })).toThrow()
    const small = { ...batch, images: new Float32Array(10) }
    expect(() => filler.fill({ epoch: 1, examples: Uint32Array.of(0), batch: small })).toThrow(/does not fit/)
    await filler.dispose()
    expect(() => filler.fill({ epoch: 1, examples: Uint32Array.of(0), batch })).toThrow(/closed/)
  })
})
