/**
 * The weights that a document came with, for the network as it is now: those of layers that are still the same fit by name and shape; what
 * was added or changed since begins as in a new run.
 */
import { issuesError } from '../../experiments/errors/studio-error.ts'
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { sameShape } from '../../experiments/ops/tensor-type.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { initialWeights } from '../onnx-exchange/export/initial-weights.ts'

export interface WeightFit {
  /** Layers all of whose weights fit. */
  readonly fitting: readonly string[]
  /** Layers with weights that do not. */
  readonly changed: readonly string[]
}

/** @throws StudioError with the problems of the network */
export function fitWeights(document: NetworkDocument, tensors: readonly NamedTensor[]): WeightFit {
  const network = lowerNetwork(document, { mode: 'inference', batch: 1 })
  const errors = network.issues.filter(({ severity }) => severity !== 'warning')
  if (errors.length > 0) throw issuesError(document.name, errors)
  const given = new Map(tensors.map(({ name, shape }) => [name, shape]))
  const fits = new Map<string, boolean>()
  for (const { name, node, shape } of [...network.weights, ...network.states]) {
    const shapeGiven = given.get(name)
    const fit = shapeGiven !== undefined && sameShape(shapeGiven, shape)
    fits.set(node, fit && (fits.get(node) ?? true))
  }
  const layers = [...fits]
  return {
    fitting: layers.filter(([, fit]) => fit).map(([id]) => id),
    changed: layers.filter(([, fit]) => !fit).map(([id]) => id),
  }
}

/** A layer takes all of its weights from `tensors` or none: half a layer would be no layer. */
export function weightsFor(
  document: NetworkDocument,
  tensors: readonly NamedTensor[],
  seed: number,
): { readonly tensors: readonly NamedTensor[]; readonly fit: WeightFit } {
  const fit = fitWeights(document, tensors)
  const kept = new Set(fit.fitting)
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const initial = initialWeights(document, seed)
  const layerOf = (name: string): string => name.slice(0, name.lastIndexOf('.'))
  return {
    fit,
    tensors: initial.map((tensor) => (kept.has(layerOf(tensor.name)) ? (byName.get(tensor.name) ?? tensor) : tensor)),
  }
}
