/**
 * ZFNet: Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, ECCV 2014, Fig. 3. AlexNet with a smaller window and stride
 * at the start, on one device: 96-256-384-384-256 filters.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from './chain.ts'
import { imageScale, widen } from './image-scale.ts'
import { imageNet, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

const norm = { type: 'local-response-normalization' }

export function zfNet(options: ZooOptions): NetworkDocument {
  const { input, classes } = options
  const wide = widen(options)
  const { first, second, hidden } = {
    large: { first: { kernel: 7, stride: 2, padding: 1 }, second: { stride: 2, padding: 'valid' }, hidden: 4096 },
    medium: { first: { kernel: 7, stride: 2, padding: 3 }, second: { padding: 2 }, hidden: 1024 },
    small: { first: { kernel: 5, padding: 2 }, second: { padding: 2 }, hidden: 512 },
  }[imageScale(options)]
  const units = wide(hidden)
  const pool = { type: 'max-pool2d', params: { kernel: 3, stride: 2, padding: 1 } }
  return chain('ZFNet', [
    { id: 'input', type: 'input', params: { ...input } },
    { id: 'conv1', type: 'conv2d', params: { filters: wide(96), ...first } },
    { id: 'relu1', type: 'relu' },
    { id: 'pool1', ...pool },
    { id: 'norm1', ...norm },
    { id: 'conv2', type: 'conv2d', params: { filters: wide(256), kernel: 5, ...second } },
    { id: 'relu2', type: 'relu' },
    { id: 'pool2', ...pool },
    { id: 'norm2', ...norm },
    { id: 'conv3', type: 'conv2d', params: { filters: wide(384), padding: 1 } },
    { id: 'relu3', type: 'relu' },
    { id: 'conv4', type: 'conv2d', params: { filters: wide(384), padding: 1 } },
    { id: 'relu4', type: 'relu' },
    { id: 'conv5', type: 'conv2d', params: { filters: wide(256), padding: 1 } },
    { id: 'relu5', type: 'relu' },
    { id: 'pool5', type: 'max-pool2d', params: { kernel: 3, stride: 2 } },
    { id: 'flatten', type: 'flatten' },
    { id: 'fc6', type: 'dense', params: { units } },
    { id: 'relu6', type: 'relu' },
    { id: 'drop6', type: 'dropout' },
    { id: 'fc7', type: 'dense', params: { units } },
    { id: 'relu7', type: 'relu' },
    { id: 'drop7', type: 'dropout' },
    { id: 'fc8', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

export const zfNetEntry: ZooEntry = {
  id: 'zfnet',
  title: 'ZFNet',
  year: 2013,
  source: 'Zeiler, Fergus: Visualizing and Understanding Convolutional Networks. ECCV 2014, Fig. 3',
  ...imageNet,
  smallInput:
    'conv2 has stride 1 below 128 pixels and fc6, fc7 have 1024 units; below 64 pixels conv1 is 5x5 with stride 1 and they have 512',
  build: zfNet,
}
