/** The thread against the same filler on the caller's thread: equal to the last bit, whichever code fills. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { augmentationListSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import { newBatch, type BatchFiller, type ExampleBatch, type FillerOptions } from './batch-filler.ts'
import { noiseDataset } from './bench/noise-dataset.ts'
import { FillerThread } from './filler-thread.ts'
import { createFiller, fillerImplementation } from './native-filler.ts'

const input = { height: 24, width: 24, channels: 3 }
const options: FillerOptions = {
  dataset: noiseDataset(28, 40),
  input,
  augment: augmentationListSpec.parse([
    { type: 'random-resized-crop' },
    { type: 'lighting' },
    { type: 'noise' },
    { type: 'mixup', probability: 0.5 },
  ]),
  seed: 5,
}

function requestOf(epoch: number): { epoch: number; examples: Uint32Array; batch: ExampleBatch } {
  // A view, as the stream of batches gives it.
  const order = Uint32Array.from({ length: 64 }, (_, i) => (i * 11 + epoch) % 40)
  return { epoch, examples: order.subarray(16, 32), batch: newBatch(16, input) }
}

async function filled(filler: BatchFiller): Promise<ExampleBatch[]> {
  const requests = [1, 2, 3].map(requestOf)
  await Promise.all(requests.map((request) => filler.fill(request)))
  // Memory that the thread knows already.
  await filler.fill({ ...requestOf(9), batch: requests[0]!.batch })
  await filler.dispose()
  return requests.map(({ batch }) => batch)
}

describe('FillerThread', () => {
  it('fills what the caller would, and says which code does', async () => {
    const thread = new FillerThread(options, { threads: 2 })
    expect(thread.implementation).toBe(fillerImplementation(2))
    const made = await filled(thread)
    expect(made).toEqual(await filled(createFiller(options, { threads: 1 })))
    expect(new Set(made.map(({ images }) => images[0])).size).toBe(3)
  })

  it('does the same without the native code', async () => {
    const before = process.env['STRATA_NATIVE']
    process.env['STRATA_NATIVE'] = 'off'
    onTestFinished(() => {
      if (before === undefined) delete process.env['STRATA_NATIVE']
      else process.env['STRATA_NATIVE'] = before
    })
    const plain = { ...options, augment: [] }
    const [first] = await filled(new FillerThread(plain))
    const [expected] = await filled(createFiller(plain, { threads: 1 }))
    expect(first!.images).toEqual(expected!.images)
    expect(first!.labels).toEqual(expected!.labels)
  })

  it('rejects a batch of examples that are not there, goes on, and refuses everything after its end', async () => {
    const thread = new FillerThread(options, { threads: 1 })
    const { batch } = requestOf(1)
    await expect(thread.fill({ epoch: 1, examples: Uint32Array.of(40), batch })).rejects.toThrow()
    await thread.fill(requestOf(1))
    await thread.dispose()
    await thread.dispose()
    await expect(thread.fill(requestOf(2))).rejects.toThrow('closed')
  })

  it('refuses memory that the thread would not see', async () => {
    const thread = new FillerThread(options, { threads: 1 })
    const batch = { ...newBatch(16, input), images: new Float32Array(16 * 24 * 24 * 3) }
    expect(() => thread.fill({ ...requestOf(1), batch })).toThrow(TypeError)
    await thread.dispose()
  })

  it('rejects what is asked when the thread cannot start', async () => {
    const thread = new FillerThread({ ...options, augment: [{ type: 'no such thing' }] }, { threads: 1 })
    await expect(thread.fill(requestOf(1))).rejects.toThrow('no such thing')
    await thread.dispose()
  })
})
