/** Matrix product, and the loss on class scores. */
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { Kernel } from '../kernel.ts'
import { zeros } from '../reference-tensor.ts'

const matmul: Kernel = ({ inputs, outputTypes, attributes }) => {
  const a = inputAt(inputs, 0)
  const b = inputAt(inputs, 1)
  const output = zeros(inputAt(outputTypes, 0).shape)
  const [rows = 0, columns = 0] = output.shape
  const inner = a.data.length / rows
  const transposeA = attributes['transposeA'] === true
  const transposeB = attributes['transposeB'] === true
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let k = 0; k < inner; k++) {
        const left = a.data[transposeA ? k * rows + i : i * inner + k] ?? 0
        const right = b.data[transposeB ? j * inner + k : k * columns + j] ?? 0
        sum += left * right
      }
      output.data[i * columns + j] = sum
    }
  }
  return [output]
}

const softmaxCrossEntropy: Kernel = ({ inputs, outputTypes, attributes }) => {
  const smoothing = Number(attributes['smoothing'])
  const logits = inputAt(inputs, 0)
  const labels = inputAt(inputs, 1)
  const losses = zeros(inputAt(outputTypes, 0).shape)
  const derivative = zeros(logits.shape)
  const classes = logits.shape[1] ?? 1
  labels.data.forEach((label, example) => {
    const scores = logits.data.subarray(example * classes, (example + 1) * classes)
    const largest = Math.max(...scores)
    const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0)
    scores.forEach((score, i) => {
      const target = (i === label ? 1 - smoothing : 0) + smoothing / classes
      const logProbability = score - largest - Math.log(sum)
      losses.data[example] = (losses.data[example] ?? 0) - target * logProbability
      derivative.data[example * classes + i] = Math.exp(logProbability) - target
    })
  })
  return [losses, derivative]
}

export const matrixKernels: Readonly<Record<string, Kernel>> = { matmul, softmaxCrossEntropy }
