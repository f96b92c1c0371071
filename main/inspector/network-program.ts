/** A run's network as an inference program, its weights, and the checks that they belong together. */
import { issuesError } from '../../experiments/errors/studio-error.ts'
import { lowerNetwork, type LoweredNetwork } from '../../experiments/network/lower-network.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import type { Value } from '../../experiments/ops/program.ts'
import { tensorBytes } from '../../experiments/ops/tensor-type.ts'
import { readCheckpoint } from '../checkpoints/checkpoint-file.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { optimizeProgram } from '../compiler/passes/optimize-program.ts'
import { ProgramSession } from '../engines/onnx/program-session.ts'
import { systemFiles } from '../files/file-operations.ts'
import type { InspectedRun } from './inspector-protocol.ts'

export type InferenceNetwork = LoweredNetwork & { readonly images: Value; readonly logits: Value }

/** @throws StudioError with the problems of the network */
export function lowerForInference(document: unknown, batch: number): InferenceNetwork {
  const parsed = parseNetworkDocumentOrThrow(document)
  const network = lowerNetwork(parsed, { mode: 'inference', batch })
  const errors = network.issues.filter(({ severity }) => severity !== 'warning')
  if (errors.length > 0) throw issuesError(parsed.name, errors)
  const { images, logits } = network
  if (!images || !logits) throw new Error(`${parsed.name} has neither issues nor a way from input to classifier`)
  return { ...network, images, logits }
}

/** Weights and statistics of a checkpoint. @throws StudioError `file-not-found`, `file-unreadable` or `file-damaged` */
export function readWeights({ checkpoint }: InspectedRun): readonly NamedTensor[] {
  return readCheckpoint(systemFiles, checkpoint.folder, checkpoint).tensors
}

/** Finishes the network's program, to which outputs were added, and opens it with its weights. */
export function openProgram(network: InferenceNetwork, weights: readonly NamedTensor[]): Promise<ProgramSession> {
  return ProgramSession.open(optimizeProgram(network.builder.finish()), weights)
}

/** Activations of a batch should stay within this. */
const activationBudget = 192 * 2 ** 20
const largestBatch = 128

/** Examples that are run at once: as many as memory allows. */
export function batchFor(document: unknown): number {
  const { nodes } = lowerForInference(document, 1)
  const bytes = nodes.reduce(
    (sum, { outputs }) => sum + outputs.reduce((own, { type }) => own + tensorBytes(type), 0),
    0,
  )
  return Math.max(1, Math.min(largestBatch, Math.floor(activationBudget / Math.max(bytes, 1))))
}
