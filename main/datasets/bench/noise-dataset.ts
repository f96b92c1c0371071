/** Random images as an open dataset: for measuring speed, where what is seen does not matter. */
import type { Dataset } from '../open-dataset.ts'

export function noiseDataset(side: number, count: number): Dataset {
  const bytes = side * side * 3
  const pixels = new Uint8Array(count * bytes)
  let state = 1
  for (let i = 0; i < pixels.length; i++) pixels[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 10)
  const split = { count, pixels, labels, classCounts: new Array<number>(10).fill(count / 10) }
  const components = [0, 1, 2].map((i) => ({ direction: [0, 1, 2].map((c) => (c === i ? 1 : 0)), deviation: 0.2 }))
  return {
    ...{ name: 'noise', height: side, width: side, channels: 3, fingerprint: '0'.repeat(64) },
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    statistics: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616], components },
    ...{ train: split, test: split },
  }
}
