/**
 * How the layers of a network stand at a checkpoint: one training step on a batch of training images, of which nothing is kept but numbers.
 * It runs in a process of its own on a copy of the state, so that the training itself cannot be changed by it.
 */
import { histogramOf } from '../../experiments/inspection/histogram.ts'
import type {
  ActivationStatistics,
  LayerStatistics,
  WeightStatistics,
} from '../../experiments/inspection/inspection-record.ts'
import { issuesError } from '../../experiments/errors/studio-error.ts'
import { lowerNetwork, type LoweredNode } from '../../experiments/network/lower-network.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import type { ProgramInput } from '../../experiments/ops/program.ts'
import { permutation } from '../../experiments/random/counter-random.ts'
import { learningRateAt } from '../../experiments/schedules/learning-rate.ts'
import { readCheckpoint } from '../checkpoints/checkpoint-file.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { initialState } from '../compiler/initialise-weights.ts'
import { optimizeProgram } from '../compiler/passes/optimize-program.ts'
import { emitGradients, emitLoss, emitUpdate, keptByNetwork, type Trained } from '../compiler/training-step.ts'
import { BatchReader } from '../datasets/batch-reader.ts'
import { inputShape } from '../datasets/input-size.ts'
import type { Dataset } from '../datasets/open-dataset.ts'
import { splitTrain } from '../datasets/split-train.ts'
import { ProgramSession } from '../engines/onnx/program-session.ts'
import { stepInput } from '../engines/step-inputs.ts'
import { systemFiles } from '../files/file-operations.ts'
import { isFrozen, startPlanOf } from '../weights/start-weights.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { TaskInput } from './inspector-protocol.ts'
import { batchFor } from './network-program.ts'

/** Enough for norms and histograms; a step keeps about three times what an inference does. */
const mostExamples = 32
/** The training has the other cores. */
const threads = 1

type Question = TaskInput<'layers'>

export async function measureLayers(question: Question, desk: InspectorDesk): Promise<LayerStatistics> {
  const { run, spec, checkpoint } = question
  const dataset = await desk.datasets.of({ run, dataset: spec.data.dataset, fingerprint: null }, desk.home)
  const document = parseNetworkDocumentOrThrow(question.document)
  const examples = Math.max(
    1,
    Math.min(mostExamples, spec.train.batchSize, Math.floor(batchFor(question.document) / 3)),
  )
  const plan = startPlanOf(spec, document)
  const rules = { ...spec.train, ...(plan && { frozen: (node: string) => isFrozen(plan, node) }) }
  const lowered = lowerNetwork(document, { mode: 'training', batch: examples, ...(plan && { frozen: rules.frozen }) })
  const errors = lowered.issues.filter(({ severity }) => severity !== 'warning')
  if (errors.length > 0) throw issuesError(document.name, errors)
  const { images, logits } = lowered
  if (!images || !logits) throw new Error(`${document.name} has neither issues nor a way from input to classifier`)
  const network = { ...lowered, images, logits }

  const trained = emitGradients(network, rules, emitLoss(network, rules))
  const shown = largestWeights(trained)
  const state = [...keptByNetwork(network), ...emitUpdate(network.builder, trained, rules)]
  for (const { name, gradient } of trained) network.builder.output(`gradient/${name}`, 'result', gradient)
  const layers = activationLayers(network.nodes)
  layers.forEach((node) => network.builder.output(`activation/${node.id}`, 'result', node.outputs[0]!))
  const finished = network.builder.finish()
  const next = new Set(shown.map(({ name }) => name))
  const program = optimizeProgram({
    ...finished,
    // A next weight has the name of the weight that goes in: here both are in one graph.
    outputs: finished.outputs.flatMap((output) =>
      output.role === 'result' || next.has(output.name)
        ? [{ ...output, role: 'result' as const, name: output.role === 'result' ? output.name : `next/${output.name}` }]
        : [],
    ),
  })

  const stored = checkpoint && readCheckpoint(systemFiles, checkpoint.folder, checkpoint)
  const tensors: readonly NamedTensor[] =
    stored?.tensors ??
    [...initialState(state, spec.seed)].map(([name, data]) => {
      return { name, shape: state.find((tensor) => tensor.name === name)?.shape ?? [], data }
    })
  const batch = readBatch(question, dataset, examples)
  const { epoch = 0, step = 0, schedules = {} } = stored?.position ?? {}
  const length = { stepsPerEpoch: batch.stepsPerEpoch, steps: batch.stepsPerEpoch * spec.train.epochs }
  const learningRate = learningRateAt(spec.train, length, step, schedules['learningRate'])

  const session = await ProgramSession.open(program, tensors, threads)
  try {
    const feed = (input: ProgramInput) => stepInput(input, { ...batch, step, part: 0, learningRate }, spec.seed)
    const fed = program.inputs.filter(({ role }) => role !== 'weight' && role !== 'state')
    const results = await session.run(Object.fromEntries(fed.map((input) => [input.name, feed(input)])))
    const values = (name: string): Float32Array => results.get(name) as Float32Array
    const loss = values('loss')[0] as number
    const weightOf = new Map(tensors.map((tensor) => [tensor.name, tensor.data]))
    return {
      ...{ epoch, step, examples, loss: Number.isFinite(loss) ? loss : null },
      weights: shown.map(({ name, node }) =>
        weightStatistics(
          { name, node },
          weightOf.get(name) as Float32Array,
          values(`gradient/${name}`),
          values(`next/${name}`),
        ),
      ),
      activations: layers.map((node) => activationStatistics(node, values(`activation/${node.id}`), examples)),
    }
  } finally {
    await session.close()
  }
}

/** The same images each time: the first ones of the first epoch, as they are. */
function readBatch({ spec }: Question, dataset: Dataset, examples: number) {
  const { batchSize } = spec.train
  const { train } = splitTrain({
    labels: dataset.train.labels,
    validationShare: spec.data.validation,
    limit: spec.data.limit,
    ...{ seed: spec.seed, batchSize },
  })
  const order = permutation(spec.seed, 'shuffle', 1, train.length).map((at) => train[at] as number)
  const reader = new BatchReader(dataset, dataset.train, inputShape(spec.data, dataset))
  const images = new Float32Array(examples * reader.imageLength)
  const labels = new Int32Array(examples)
  reader.fill(order, 0, examples, images, labels)
  return { images, labels, stepsPerEpoch: Math.floor(train.length / batchSize) }
}

/** One weight a layer: its kernel, not its bias. */
function largestWeights(trained: readonly Trained[]): readonly Trained[] {
  const size = ({ shape }: Trained): number => shape.reduce((a, b) => a * b, 1)
  const byNode = new Map<string, Trained>()
  for (const weight of trained) {
    const known = byNode.get(weight.node)
    if (!known || size(weight) > size(known)) byNode.set(weight.node, weight)
  }
  // Norms have one number a channel: beside kernels they say little.
  const kernels = [...byNode.values()].filter(({ shape }) => shape.length > 1)
  return kernels.length > 0 ? kernels : [...byNode.values()]
}

/** Activations; in a network without any, what has weights. */
function activationLayers(nodes: readonly LoweredNode[]): readonly LoweredNode[] {
  const of = (...categories: string[]): readonly LoweredNode[] =>
    nodes.filter(({ layer, outputs }) => outputs.length > 0 && categories.includes(layer.category))
  const activations = of('activation')
  return activations.length > 0 ? activations : of('convolution', 'dense')
}

function weightStatistics(
  { name, node }: { readonly name: string; readonly node: string },
  weight: Float32Array,
  gradient: Float32Array,
  next: Float32Array,
): WeightStatistics {
  const weightNorm = norm(weight)
  let change = 0
  for (let i = 0; i < weight.length; i++) change += ((next[i] as number) - (weight[i] as number)) ** 2
  return {
    ...{ name, node, values: weight.length, norm: weightNorm, gradientNorm: finite(norm(gradient)) },
    updateRatio: finite(weightNorm === 0 ? 0 : Math.sqrt(change) / weightNorm),
    histogram: histogramOf(weight),
    gradientHistogram: histogramOf(gradient),
  }
}

function activationStatistics(node: LoweredNode, values: Float32Array, examples: number): ActivationStatistics {
  const units = node.outputs[0]?.type.shape[1] ?? 1
  const size = values.length / (examples * units)
  let [sum, squares, zeros] = [0, 0, 0]
  const alive = new Uint8Array(units)
  values.forEach((value, i) => {
    sum += value
    squares += value * value
    if (value === 0) zeros++
    else alive[Math.floor(i / size) % units] = 1
  })
  const mean = sum / values.length
  return {
    node: node.id,
    mean: finite(mean),
    deviation: finite(Math.sqrt(Math.max(0, squares / values.length - mean * mean))),
    zeroShare: zeros / values.length,
    units,
    dead: units - alive.reduce((count, one) => count + one, 0),
    histogram: histogramOf(values),
  }
}

function norm(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return Math.sqrt(sum)
}

/** What is not finite is as large as it can be told. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE
}
