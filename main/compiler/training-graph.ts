/**
 * From a network document to one static training step: forward, loss, backward and update in a single program, and beside it the program
 * that evaluates. Every engine runs these two.
 */
import { issuesError } from '../../experiments/errors/studio-error.ts'
import { checkDataset } from '../../experiments/network/check-network.ts'
import { lowerNetwork, type ImageSize } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { TensorProgram } from '../../experiments/ops/program.ts'
import { softmaxCrossEntropy } from '../../experiments/ops/softmax-cross-entropy.ts'
import type { CompiledTraining } from './compiled-training.ts'
import { correctExamples, labelsInput } from './labels.ts'
import { optimizeProgram } from './passes/optimize-program.ts'
import { emitTrainingStep, type CompleteNetwork, type TrainingRules } from './training-step.ts'

export interface CompileOptions extends TrainingRules {
  readonly batchSize: number
  /** Size of the dataset's images and its number of classes; given, a network that does not suit them is refused. */
  readonly dataset?: { readonly input: ImageSize; readonly classes: number }
}

/**
 * Compiles `document` for training.
 * @throws StudioError with all problems of the network in `details.issues`
 */
export function compileTraining(document: NetworkDocument, options: CompileOptions): CompiledTraining {
  const network = lowerComplete(document, options, 'training')
  const state = emitTrainingStep(network, options)
  const { images, logits } = network
  const [, channels = 1, height = 1, width = 1] = images.type.shape
  return {
    name: document.name,
    batchSize: options.batchSize,
    input: { height, width, channels },
    classes: logits.type.shape[1] ?? 1,
    training: optimizeProgram(network.builder.finish()),
    evaluation: evaluationProgram(lowerComplete(document, options, 'inference')),
    state,
  }
}

function lowerComplete(
  document: NetworkDocument,
  { batchSize, dataset, frozen }: CompileOptions,
  mode: 'training' | 'inference',
): CompleteNetwork {
  const network = lowerNetwork(document, { mode, batch: batchSize, ...(frozen && { frozen }) })
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
