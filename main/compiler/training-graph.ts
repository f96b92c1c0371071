/**
 * From a network document to one static training step: forward, loss, backward and update in a single program, and beside it the program
 * that evaluates. Every engine runs these two.
 */
import { issuesError, StudioError } from '../../experiments/errors/studio-error.ts'
import { checkDataset } from '../../experiments/network/check-network.ts'
import { lowerNetwork, type ImageSize } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { TensorProgram } from '../../experiments/ops/program.ts'
import { softmaxCrossEntropy } from '../../experiments/ops/softmax-cross-entropy.ts'
import { isMicroBatch } from '../../experiments/spec/micro-batch.ts'
import type { CompiledTraining } from './compiled-training.ts'
import { emitGradientSums, updateProgram } from './accumulation.ts'
import { correctExamples, labelsInput } from './labels.ts'
import { optimizeProgram } from './passes/optimize-program.ts'
import { emitTrainingStep, type CompleteNetwork, type TrainingRules } from './training-step.ts'

export interface CompileOptions extends TrainingRules {
  readonly batchSize: number
  /**
   * Examples that go through the network at once, a divisor of the batch size: where the whole batch takes too much memory. The state is
   * the same as without, so a run may change to it at any checkpoint; see `smallerMicroBatch`. Default: the whole batch.
   */
  readonly microBatch?: number | undefined
  /** Size of the dataset's images and its number of classes; given, a network that does not suit them is refused. */
  readonly dataset?: { readonly input: ImageSize; readonly classes: number }
}

/**
 * Compiles `document` for training.
 * @throws StudioError with all problems of the network in `details.issues`
 */
export function compileTraining(document: NetworkDocument, options: CompileOptions): CompiledTraining {
  const { batchSize, microBatch = batchSize } = options
  if (!isMicroBatch(batchSize, microBatch))
    throw new StudioError('out-of-range', `a batch of ${batchSize} cannot be split into parts of ${microBatch}`)
  const network = lowerComplete(document, options, 'training')
  const { images, logits } = network
  const [, channels = 1, height = 1, width = 1] = images.type.shape
  return {
    name: document.name,
    batchSize,
    input: { height, width, channels },
    classes: logits.type.shape[1] ?? 1,
    precision: options.precision ?? 'float32',
    ...(microBatch === batchSize ? wholeStep(network, options) : stepInParts(network, options, batchSize / microBatch)),
    evaluation: evaluationProgram(lowerComplete(document, options, 'inference')),
  }
}

type Step = Pick<CompiledTraining, 'training' | 'state' | 'accumulation'>

function wholeStep(network: CompleteNetwork, options: CompileOptions): Step {
  const state = emitTrainingStep(network, options)
  return { training: optimizeProgram(network.builder.finish()), state }
}

function stepInParts(network: CompleteNetwork, options: CompileOptions, parts: number): Step {
  const trained = emitGradientSums(network, options, parts)
  const training = optimizeProgram(network.builder.finish())
  const { program, state, sums } = updateProgram(network, trained, options)
  const microBatch = options.batchSize / parts
  return { training, state, accumulation: { microBatch, parts, update: optimizeProgram(program), sums } }
}

function lowerComplete(
  document: NetworkDocument,
  { batchSize, microBatch = batchSize, dataset, frozen }: CompileOptions,
  mode: 'training' | 'inference',
): CompleteNetwork {
  const network = lowerNetwork(document, { mode, batch: microBatch, ...(frozen && { frozen }) })
  const { images, logits } = network
  const found = dataset ? [...network.issues, ...checkDataset(network, dataset)] : network.issues
  const errors = found.filter((issue) => issue.severity !== 'warning')
  if (errors.length > 0) throw issuesError(document.name, errors)
  if (!images || !logits) throw new Error(`${document.name} has neither issues nor a way from input to classifier`)
  return { ...network, images, logits }
}

/** The plain loss: without smoothed labels and auxiliary classifiers, so that it compares between runs. */
function evaluationProgram(network: CompleteNetwork): TensorProgram {
  const { builder: b, logits } = network
  const labels = labelsInput(b, network)
  b.output('losses', 'result', softmaxCrossEntropy(b, logits, labels))
  b.output('correct', 'result', correctExamples(b, logits, labels))
  b.output('logits', 'result', logits)
  return optimizeProgram(b.finish())
}
