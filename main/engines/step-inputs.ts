/** What one training step takes in besides the state, made from its batch: the same for every engine. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ProgramInput } from '../../experiments/ops/program.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { examplesAtOnce, type CompiledTraining } from '../compiler/compiled-training.ts'
import type { EvaluationBatch, EvaluationResult, StepResult, TrainingBatch } from './engine.ts'

/** What goes through the network at once: a whole batch or a part of one. */
export interface BatchPart extends TrainingBatch {
  /** 0, 1, ... within its batch. */
  readonly part: number
}

type BatchArrays = Pick<TrainingBatch, 'images' | 'labels' | 'mixedLabels' | 'labelShares'>

/** The parts of a batch in order; their arrays are views. */
export function partsOf<B extends BatchArrays>(
  compiled: CompiledTraining,
  batch: B,
): readonly (B & { readonly part: number })[] {
  const size = examplesAtOnce(compiled)
  const pixels = compiled.input.height * compiled.input.width * compiled.input.channels
  return Array.from({ length: compiled.batchSize / size }, (_, part) => ({
    ...batch,
    part,
    images: batch.images.subarray(part * size * pixels, (part + 1) * size * pixels),
    labels: batch.labels.subarray(part * size, (part + 1) * size),
    ...(batch.mixedLabels && { mixedLabels: batch.mixedLabels.subarray(part * size, (part + 1) * size) }),
    ...(batch.labelShares && { labelShares: batch.labelShares.subarray(part * size, (part + 1) * size) }),
  }))
}

/** The result of a step from those of its parts. */
export function joinResults(parts: readonly Pick<StepResult, 'loss' | 'correct'>[], gradientNorm: number): StepResult {
  const sum = (pick: (part: Pick<StepResult, 'loss' | 'correct'>) => number) =>
    parts.reduce((total, part) => total + pick(part), 0)
  return { loss: sum((part) => part.loss) / parts.length, correct: sum((part) => part.correct), gradientNorm }
}

/**
 * Evaluates a batch part by part, as many as hold counted examples.
 * @throws RangeError for a count outside of the batch; StudioError `shape-mismatch`
 */
export async function evaluateParts(
  compiled: CompiledTraining,
  batch: EvaluationBatch,
  evaluate: (part: EvaluationBatch) => Promise<EvaluationResult>,
): Promise<EvaluationResult> {
  const { batchSize, classes } = compiled
  const { count } = batch
  checkBatch(compiled, batch)
  if (!(count >= 1 && count <= batchSize))
    throw new RangeError(`an evaluation counts 1 to ${batchSize} examples, not ${count}`)
  const size = examplesAtOnce(compiled)
  const whole = {
    losses: new Float32Array(count),
    correct: new Float32Array(count),
    logits: new Float32Array(count * classes),
  }
  for (const { part, images, labels } of partsOf(compiled, batch)) {
    const start = part * size
    if (start >= count) break
    const counted = Math.min(size, count - start)
    const { losses, correct, logits } = await evaluate({ images, labels, count: counted })
    whole.losses.set(losses.subarray(0, counted), start)
    whole.correct.set(correct.subarray(0, counted), start)
    whole.logits.set(logits.subarray(0, counted * classes), start * classes)
  }
  return whole
}

/** Row-major values of the program input `input` in the step of `batch`; may be the batch's own memory. */
export function stepInput(input: ProgramInput, batch: BatchPart, seed: number): Float32Array | Int32Array {
  const { name, role, value } = input
  if (role === 'images') return batch.images
  if (name === 'mixedLabels' && batch.mixedLabels) return batch.mixedLabels
  if (name === 'labelShares' && batch.labelShares) return batch.labelShares
  if (role === 'labels') return batch.labels
  if (role === 'random') return uniformNumbers(seed, name, batch, elementCount(value.type.shape))
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

/** A part draws what its examples would draw in the whole batch. */
function uniformNumbers(seed: number, name: string, { step, part }: BatchPart, count: number): Float32Array {
  const random = counterRandom({ seed, purpose: `training/${name}`, index: step, from: part * count })
  const numbers = new Float32Array(count)
  // 24 bits: what float32 holds exactly below 1.
  for (let i = 0; i < count; i++) numbers[i] = (random.nextUint32() >>> 8) / 2 ** 24
  return numbers
}
