/**
 * Settings that a network of this kind usually trains well with, and why. Rules of thumb from the papers that the networks come from: batch
 * normalisation stands a rate of 0.1 (He et al. 2015), plain deep stacks need a tenth of that (Simonyan, Zisserman 2014), saturating
 * activations less still, and very deep networks begin with a warm-up (Goyal et al. 2017).
 */
import type { NetworkAnalysis } from '../analysis/analyze-network.ts'
import type { ExperimentSpecInput } from './experiment-spec.ts'

export type TrainingReason = 'normalised' | 'plain-deep' | 'saturating' | 'shallow' | 'very-deep' | 'large-images'

export interface TrainingSuggestion {
  readonly train: Required<Pick<ExperimentSpecInput['train'], 'epochs' | 'batchSize' | 'optimizer' | 'learningRate'>> &
    Pick<ExperimentSpecInput['train'], 'schedule' | 'weightDecay'>
  readonly reasons: readonly TrainingReason[]
}

/** Layers with weights that make a plain network a deep one, and those that make any network a very deep one. */
const deep = 8
const veryDeep = 50
const saturating = new Set(['tanh', 'sigmoid'])

export function suggestTraining({ layers }: Pick<NetworkAnalysis, 'layers'>): TrainingSuggestion {
  const weighted = layers.filter(({ type, params }) => params > 0 && type !== 'batch-normalization').length
  const isNormalised = layers.some(({ type }) => type === 'batch-normalization')
  const saturates = layers.filter(({ type }) => saturating.has(type)).length > 1
  const [, height = 1, width = 1] = layers.find(({ type }) => type === 'input')?.outputShape ?? []
  const isLarge = height * width > 100 * 100
  const isVeryDeep = weighted > veryDeep
  const learningRate = isNormalised ? 0.1 : weighted > deep ? 0.01 : saturates ? 0.05 : 0.02
  const epochs = weighted <= deep ? 10 : 30
  const reasons: TrainingReason[] = [
    isNormalised ? 'normalised' : weighted > deep ? 'plain-deep' : saturates ? 'saturating' : 'shallow',
    ...(isVeryDeep ? (['very-deep'] as const) : []),
    ...(isLarge ? (['large-images'] as const) : []),
  ]
  return {
    train: {
      epochs,
      batchSize: isLarge ? 32 : 128,
      optimizer: { type: 'sgd', momentum: 0.9, nesterov: false },
      // The rate follows the batch (Goyal et al. 2017): those above are for 128 images.
      learningRate: Number((learningRate * (isLarge ? 32 / 128 : 1)).toPrecision(3)),
      schedule: { type: 'cosine', ...(isVeryDeep && { warmUp: { epochs: 1 } }) },
      weightDecay: isNormalised || weighted > deep ? 0.0005 : 0.0001,
    },
    reasons,
  }
}
