/** What one training step takes in besides the state, made from its batch: the same for every engine. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ProgramInput } from '../../experiments/ops/program.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import type { CompiledTraining } from '../compiler/compiled-training.ts'
import type { TrainingBatch } from './engine.ts'

/** Row-major values of the program input `input` in the step of `batch`; may be the batch's own memory. */
export function stepInput(input: ProgramInput, batch: TrainingBatch, seed: number): Float32Array | Int32Array {
  const { name, role, value } = input
  if (role === 'images') return batch.images
  if (name === 'mixedLabels' && batch.mixedLabels) return batch.mixedLabels
  if (name === 'labelShares' && batch.labelShares) return batch.labelShares
  if (role === 'labels') return batch.labels
  if (role === 'random') return uniformNumbers(seed, name, batch.step, elementCount(value.type.shape))
  if (name === 'learningRate') return Float32Array.of(batch.learningRate)
  throw new Error(`the training step wants ${name} (${role}), which nobody provides`)
}

/** @throws StudioError `shape-mismatch` when the arrays are not those of one batch */
export function checkBatch(
  { batchSize, input }: CompiledTraining,
  { images, labels }: Pick<TrainingBatch, 'images' | 'labels'>,
): void {
  const pixels = batchSize * input.height * input.width * input.channels
  if (labels.length === batchSize && images.length === pixels) return
  throw new StudioError(
    'shape-mismatch',
    `a batch of ${batchSize} examples takes ${pixels} pixel values and ${batchSize} labels, ` +
      `but ${images.length} and ${labels.length} came`,
  )
}

function uniformNumbers(seed: number, name: string, step: number, count: number): Float32Array {
  const random = counterRandom({ seed, purpose: `training/${name}`, index: step })
  const numbers = new Float32Array(count)
  // 24 bits: what float32 holds exactly below 1.
  for (let i = 0; i < count; i++) numbers[i] = (random.nextUint32() >>> 8) / 2 ** 24
  return numbers
}
