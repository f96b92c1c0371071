/**
 * LeNet-5: LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86 (1998), Fig. 2.
 * As there, average pooling and tanh. C3 is connected to all maps of S2 instead of by Table I, poolings carry no weights, and the
 * last layer is a linear one with softmax, as is usual today. Max pooling and ReLU are options.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from './chain.ts'
import { widen } from './image-scale.ts'
import type { ZooEntry, ZooOptions } from './zoo-entry.ts'

export interface LeNet5Options extends ZooOptions {
  /** Default `average-pool2d`. */
  readonly pooling?: 'average-pool2d' | 'max-pool2d'
  /** Default `tanh`. */
  readonly activation?: 'tanh' | 'relu' | 'sigmoid'
}

/** The paper pads 28x28 digits to 32x32: here the first convolution does that for images below 32 pixels. */
const unpaddedFrom = 32

export function leNet5(options: LeNet5Options): NetworkDocument {
  const { input, classes, pooling = 'average-pool2d', activation = 'tanh' } = options
  const wide = widen(options)
  const padding = Math.min(input.height, input.width) < unpaddedFrom ? 2 : 'valid'
  const initializer = activation === 'relu' ? 'he-normal' : 'glorot-normal'
  return chain('LeNet-5', [
    { id: 'input', type: 'input', params: { ...input } },
    { id: 'conv1', type: 'conv2d', params: { filters: wide(6), kernel: 5, padding, initializer } },
    { id: 'activation1', type: activation },
    { id: 'pool1', type: pooling },
    { id: 'conv2', type: 'conv2d', params: { filters: wide(16), kernel: 5, padding: 'valid', initializer } },
    { id: 'activation2', type: activation },
    { id: 'pool2', type: pooling },
    { id: 'flatten', type: 'flatten' },
    { id: 'dense1', type: 'dense', params: { units: wide(120), initializer } },
    { id: 'activation3', type: activation },
    { id: 'dense2', type: 'dense', params: { units: wide(84), initializer } },
    { id: 'activation4', type: activation },
    { id: 'dense3', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

export const leNet5Entry: ZooEntry = {
  id: 'lenet5',
  title: 'LeNet-5',
  year: 1998,
  source:
    'LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition. Proc. IEEE 86(11), Fig. 2; ' +
    'with dense C3, poolings without weights and a linear last layer',
  input: { height: 28, width: 28, channels: 1 },
  classes: 10,
  smallInput: 'below 32 pixels the first convolution pads by 2, as the paper pads its digits',
  build: leNet5,
}
