/** What a training will amount to, from what is typed; undefined while it does not make sense yet. */
import { weighTraining } from '../../../experiments/analysis/training-memory.ts'
import { NetworkLowerer } from '../../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../../experiments/network/network-document.ts'
import { optimizerSpec, type OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'

export interface TrainingPlan {
  readonly trainExamples: number
  readonly validationExamples: number
  readonly stepsPerEpoch: number
  readonly steps: number
  /** Forward and backward over all epochs; undefined where the network cannot be analysed. */
  readonly multiplyAdds: number | undefined
}

export interface PlanInput {
  readonly trainCount: number | undefined
  readonly limit: number | undefined
  readonly validation: number | undefined
  readonly batchSize: number | undefined
  readonly epochs: number | undefined
  readonly macs: number | undefined
}

/** The gradients of inputs and weights cost about as much as the forward pass each. */
const forwardAndBackward = 3

export function planTraining({
  trainCount,
  limit,
  validation,
  batchSize,
  epochs,
  macs,
}: PlanInput): TrainingPlan | undefined {
  if (trainCount === undefined || validation === undefined || batchSize === undefined || epochs === undefined)
    return undefined
  const examples = Math.min(limit ?? trainCount, trainCount)
  const validationExamples = Math.round(examples * validation)
  const trainExamples = examples - validationExamples
  if (trainExamples < 1 || batchSize < 1 || epochs < 1) return undefined
  const stepsPerEpoch = Math.floor(trainExamples / batchSize)
  return {
    trainExamples,
    validationExamples,
    stepsPerEpoch,
    steps: stepsPerEpoch * epochs,
    multiplyAdds: macs === undefined ? undefined : macs * trainExamples * epochs * forwardAndBackward,
  }
}

/** Share of the memory that one training should take at most: others want to live as well. */
const comfortable = 0.8

export interface MemoryPlan {
  /** Infinity where a single tensor is over the limit. */
  readonly bytes: number
  readonly available: number | undefined
  readonly tooMuch: boolean
  /** The largest batch, a power of two, that would fit; undefined when none does. */
  readonly fittingBatch: number | undefined
}

export interface MemoryInput {
  readonly batchSize: number
  readonly optimizer: OptimizerSpec['type']
  readonly momentum: number | undefined
  /** Of the computer. */
  readonly available: number | undefined
}

/** Keeps what an edit of the network leaves as it was; one for as long as a network is looked at. */
export class MemoryPlanner {
  #batchSize: number | undefined
  #lowerer = new NetworkLowerer({ mode: 'training', batch: 1 })
  #last: { readonly document: NetworkDocument; readonly input: MemoryInput; readonly plan: MemoryPlan } | undefined

  plan(document: NetworkDocument, input: MemoryInput): MemoryPlan {
    const last = this.#last
    if (last?.document === document && sameInput(last.input, input)) return last.plan
    if (this.#batchSize !== input.batchSize) {
      this.#lowerer = new NetworkLowerer({ mode: 'training', batch: input.batchSize })
      this.#batchSize = input.batchSize
    }
    const plan = planWith(this.#lowerer, document, input)
    this.#last = { document, input, plan }
    return plan
  }
}

function sameInput(a: MemoryInput, b: MemoryInput): boolean {
  return (
    a.batchSize === b.batchSize &&
    a.optimizer === b.optimizer &&
    a.momentum === b.momentum &&
    a.available === b.available
  )
}

function planWith(lowerer: NetworkLowerer, document: NetworkDocument, input: MemoryInput): MemoryPlan {
  const { available } = input
  const optimizer = optimizerSpec.parse({
    type: input.optimizer,
    ...(input.momentum !== undefined && (input.optimizer === 'sgd' || input.optimizer === 'rmsprop')
      ? { momentum: input.momentum }
      : {}),
  })
  // Tensors over the limit of one tensor are left out of the sum: no computer has room for them.
  const bytesWith = (one: NetworkLowerer): number => {
    const { totalBytes, issues } = weighTraining(one.lower(document), optimizer)
    return issues.some(({ code }) => code === 'too-large') ? Infinity : totalBytes
  }
  const bytes = bytesWith(lowerer)
  const tooMuch = available !== undefined && bytes > available
  let fittingBatch: number | undefined
  for (let size = 2 ** Math.floor(Math.log2(input.batchSize)); tooMuch && size >= 1; size /= 2) {
    if (size >= input.batchSize) continue
    if (bytesWith(new NetworkLowerer({ mode: 'training', batch: size })) > comfortable * available) continue
    fittingBatch = size
    break
  }
  return { bytes, available, tooMuch, fittingBatch }
}
