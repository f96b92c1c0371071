/**
 * AlexNet: Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, NIPS 2012, in the form for one
 * device of Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014, which torchvision has too: 64-192-384-256-256
 * filters and no groups. That form leaves out local response normalisation; here it is an option.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain, type ChainLink } from './chain.ts'
import { imageScale, widen } from './image-scale.ts'
import { imageNet, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

export interface AlexNetOptions extends ZooOptions {
  /** Local response normalisation behind the first two convolutions, as in the paper of 2012. Default false. */
  readonly responseNormalization?: boolean
}

const overlapping = { kernel: 3, stride: 2 }

export function alexNet(options: AlexNetOptions): NetworkDocument {
  const { input, classes, responseNormalization = false } = options
  const wide = widen(options)
  const first = {
    large: { kernel: 11, stride: 4, padding: 2 },
    medium: { kernel: 7, stride: 2, padding: 3 },
    small: { kernel: 5, padding: 2 },
  }[imageScale(options)]
  const units = wide({ large: 4096, medium: 1024, small: 512 }[imageScale(options)])
  const norm = (id: string): ChainLink | undefined =>
    responseNormalization ? { id, type: 'local-response-normalization' } : undefined
  return chain('AlexNet', [
    { id: 'input', type: 'input', params: { ...input } },
    { id: 'conv1', type: 'conv2d', params: { filters: wide(64), ...first } },
    { id: 'relu1', type: 'relu' },
    norm('norm1'),
    { id: 'pool1', type: 'max-pool2d', params: overlapping },
    { id: 'conv2', type: 'conv2d', params: { filters: wide(192), kernel: 5, padding: 2 } },
    { id: 'relu2', type: 'relu' },
    norm('norm2'),
    { id: 'pool2', type: 'max-pool2d', params: overlapping },
    { id: 'conv3', type: 'conv2d', params: { filters: wide(384), padding: 1 } },
    { id: 'relu3', type: 'relu' },
    { id: 'conv4', type: 'conv2d', params: { filters: wide(256), padding: 1 } },
    { id: 'relu4', type: 'relu' },
    { id: 'conv5', type: 'conv2d', params: { filters: wide(256), padding: 1 } },
    { id: 'relu5', type: 'relu' },
    { id: 'pool5', type: 'max-pool2d', params: overlapping },
    { id: 'flatten', type: 'flatten' },
    { id: 'drop6', type: 'dropout' },
    { id: 'fc6', type: 'dense', params: { units } },
    { id: 'relu6', type: 'relu' },
    { id: 'drop7', type: 'dropout' },
    { id: 'fc7', type: 'dense', params: { units } },
    { id: 'relu7', type: 'relu' },
    { id: 'fc8', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

export const alexNetEntry: ZooEntry = {
  id: 'alexnet',
  title: 'AlexNet',
  year: 2012,
  source:
    'Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks. NIPS 2012, Fig. 2; ' +
    'in the form for one device of Krizhevsky 2014 (One weird trick), without response normalisation',
  ...imageNet,
  smallInput:
    'from 64 to 127 pixels conv1 is 7x7 with stride 2 and fc6, fc7 have 1024 units; below, conv1 is 5x5 with stride 1 and they have 512',
  build: alexNet,
}
