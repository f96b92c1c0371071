/** The weights that a run of this seed would begin with: what is exported of a network that was not trained. */
import { issuesError } from '../../../experiments/errors/studio-error.ts'
import { lowerNetwork } from '../../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../../experiments/network/network-document.ts'
import type { NamedTensor } from '../../checkpoints/safetensors.ts'
import type { StateTensor } from '../../compiler/compiled-training.ts'
import { initialState } from '../../compiler/initialise-weights.ts'

/** Weights and statistics, in the order of the network. @throws StudioError with the problems of the network */
export function initialWeights(document: NetworkDocument, seed: number): readonly NamedTensor[] {
  const { weights, states, issues } = lowerNetwork(document, { mode: 'inference', batch: 1 })
  const errors = issues.filter((issue) => issue.severity !== 'warning')
  if (errors.length > 0) throw issuesError(document.name, errors)
  const tensors: readonly StateTensor[] = [
    ...weights.map(({ name, shape, ...start }): StateTensor => ({ name, kind: 'weight', shape, start })),
    ...states.map(({ name, shape, initial }): StateTensor => ({
      name,
      kind: 'statistic',
      shape,
      start: { fill: initial },
    })),
  ]
  const values = initialState(tensors, seed)
  return tensors.map(({ name, shape }) => ({ name, shape, data: values.get(name) ?? new Float32Array() }))
}
