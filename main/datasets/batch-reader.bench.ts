/**
 * How fast batches of 28x28 and 32x32x3 images are filled, beside copying as many ready floats: the least that any reader can cost.
 */
import { test } from 'vitest'
import { permutation } from '../../experiments/random/counter-random.ts'
import { BatchReader } from './batch-reader.ts'

const batch = 128

test.for([
  { height: 28, width: 28, channels: 1, count: 60_000 },
  { height: 32, width: 32, channels: 3, count: 10_000 },
])('4,096 images of $height x $width x $channels', async ({ height, width, channels, count }, { bench }) => {
  const pixels = new Uint8Array(count * height * width * channels).map((_, i) => (i * 7919) >>> 3)
  const statistics = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }
  const shape = { height, width, channels, statistics }
  const reader = new BatchReader(shape, { count, pixels, labels: new Uint16Array(count) })
  const order = permutation(1, 'bench', 0, count)
  const images = new Float32Array(batch * reader.imageLength)
  const ready = new Float32Array(batch * reader.imageLength)
  const labels = new Int32Array(batch)
  await bench.compare(
    bench('BatchReader.fill', () => {
      for (let start = 0; start < 4096; start += batch) reader.fill(order, start, batch, images, labels)
    }),
    bench('copy of ready floats', () => {
      for (let start = 0; start < 4096; start += batch) images.set(ready)
    }),
  )
})
