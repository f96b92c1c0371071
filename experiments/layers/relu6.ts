/** ReLU that stops at 6, element by element. Krizhevsky: Convolutional Deep Belief Networks on CIFAR-10, 2010. */
import { clip } from '../ops/clip.ts'
import { inputAt } from '../ops/expect-type.ts'
import { defineLayer } from './define-layer.ts'

export const relu6Layer = defineLayer({
  id: 'relu6',
  version: 1,
  category: 'activation',
  title: 'ReLU6',
  summary: 'Zero below zero, 6 above 6, unchanged between',
  params: {},
  check: () => [],
  lower: (b, inputs) => [clip(b, inputAt(inputs, 0), 0, 6)],
})
