/**
 * What ZFNet found by looking at features and by trying, asked as a search: from an AlexNet for small images with the coarse first layer of the
 * original (large filters, large stride), over what Zeiler and Fergus changed: filter size and stride of the first layer, widths of the middle
 * layers; with learning rate and weight decay, on which each of them depends. Zeiler, Fergus, ECCV 2014, section 4.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import type { SweepSpecInput } from '../tuning/sweep-spec.ts'
import { chain } from '../zoo/chain.ts'

const size = { height: 28, width: 28, channels: 1 }
const classes = 10

/** AlexNet's five convolutions at an eighth of their width (the first at a sixth) and two dense layers; poolings are padded so that 28 pixels suffice. */
export function scaledAlexNet(): NetworkDocument {
  const pool = { type: 'max-pool2d', params: { kernel: 3, stride: 2, padding: 1 } }
  return chain('AlexNet, scaled', [
    { id: 'input', type: 'input', params: size },
    { id: 'conv1', type: 'conv2d', params: { filters: 16, kernel: 11, stride: 4 } },
    { id: 'relu1', type: 'relu' },
    { id: 'pool1', ...pool },
    { id: 'conv2', type: 'conv2d', params: { filters: 32, kernel: 5, padding: 2 } },
    { id: 'relu2', type: 'relu' },
    { id: 'pool2', ...pool },
    { id: 'conv3', type: 'conv2d', params: { filters: 48, padding: 1 } },
    { id: 'relu3', type: 'relu' },
    { id: 'conv4', type: 'conv2d', params: { filters: 48, padding: 1 } },
    { id: 'relu4', type: 'relu' },
    { id: 'conv5', type: 'conv2d', params: { filters: 32, padding: 1 } },
    { id: 'relu5', type: 'relu' },
    { id: 'flatten', type: 'flatten' },
    { id: 'fc6', type: 'dense', params: { units: 128 } },
    { id: 'relu6', type: 'relu' },
    { id: 'drop6', type: 'dropout' },
    { id: 'fc8', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

export interface ZfnetOptions {
  readonly search?: SweepSpecInput['search']
  readonly fidelity?: SweepSpecInput['fidelity']
  readonly budget?: SweepSpecInput['budget']
  readonly seed?: number
  /** Images taken of the training split. */
  readonly limit?: number
  /** Share of them that decides. */
  readonly validation?: number
  readonly epochs?: number
}

export function zfnetSweep(options: ZfnetOptions = {}): SweepSpecInput {
  const { search, fidelity, budget, seed = 1, limit = 6000, validation = 0.2, epochs = 9 } = options
  const middle = ['conv3', 'conv4', 'conv5'].map((id) => `network.nodes.${id}.params.filters`)
  return {
    version: 1,
    name: 'From AlexNet to ZFNet',
    experiment: {
      version: 1,
      network: { document: scaledAlexNet() },
      data: { dataset: 'fashion-mnist', limit, validation },
      train: { epochs, batchSize: 32, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.01 },
      seed: 1,
    },
    space: [
      { name: 'first filter', path: 'network.nodes.conv1.params.kernel', values: [3, 5, 7, 9, 11] },
      { name: 'first stride', path: 'network.nodes.conv1.params.stride', values: [2, 3, 4] },
      { name: 'middle width', paths: middle, apply: 'multiply', range: [0.5, 2], scale: 'log', points: 3 },
      { name: 'learning rate', path: 'train.learningRate', range: [0.001, 0.1], scale: 'log', points: 3 },
      { name: 'weight decay', path: 'train.weightDecay', range: [0.00001, 0.01], scale: 'log', points: 2 },
    ],
    search: search ?? { type: 'tpe' },
    fidelity: fidelity ?? { type: 'asha', minEpochs: 1, reduction: 3 },
    objectives: [{ metric: 'accuracy' }],
    budget: budget ?? { trials: 60 },
    seed,
  }
}
