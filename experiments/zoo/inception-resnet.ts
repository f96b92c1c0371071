/**
 * Inception-ResNet-v2: Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning,
 * AAAI 2017, Fig. 15, with the stem and the widths of the authors' published network, as timm has it.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from './chain.ts'
import { imageScale, widen } from './image-scale.ts'
import type { ZooEntry, ZooOptions } from './zoo-entry.ts'

const epsilon = 0.001

export function inceptionResNetV2(options: ZooOptions): NetworkDocument {
  const { input, classes, width = 1 } = options
  const scale = imageScale(options)
  const style = { epsilon, ...(width !== 1 && { width }) }
  const borders = scale === 'large' ? {} : { borders: 'same' }
  const halvings = { large: {}, medium: { halvings: 2 }, small: { halvings: 1 } }[scale]
  const reduction = { ...style, ...borders }
  const wide = widen(options)
  const filters = { k: wide(256), l: wide(256), m: wide(384), n: wide(384) }
  return chain('Inception-ResNet-v2', [
    { id: 'input', type: 'input', params: { ...input } },
    { id: 'stem', type: 'inception-resnet-stem', params: { ...style, ...borders, ...halvings } },
    { id: 'mixed_5b', type: 'inception-resnet-mixed', params: style },
    { id: 'block35', type: 'inception-resnet-a', params: { ...style, scale: 0.17 }, repeat: { times: 10 } },
    { id: 'mixed_6a', type: 'inception-reduction-a', params: { epsilon, ...borders, ...filters } },
    { id: 'block17', type: 'inception-resnet-b', params: { ...style, scale: 0.1 }, repeat: { times: 20 } },
    { id: 'mixed_7a', type: 'inception-reduction-b', params: reduction },
    { id: 'block8', type: 'inception-resnet-c', params: { ...style, scale: 0.2 }, repeat: { times: 9 } },
    { id: 'block8_10', type: 'inception-resnet-c', params: { ...style, scale: 1, endActivation: false } },
    { id: 'conv_7b', type: 'conv-norm-activation', params: { filters: wide(1536), kernel: 1, epsilon } },
    { id: 'pool', type: 'global-average-pool' },
    { id: 'drop', type: 'dropout', params: { rate: 0.2 } },
    { id: 'fc', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

export const inceptionResNetEntry: ZooEntry = {
  id: 'inception-resnet-v2',
  title: 'Inception-ResNet-v2',
  year: 2016,
  source:
    'Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning. AAAI 2017, ' +
    "Fig. 15; stem and widths of the authors' published network",
  input: { height: 299, width: 299, channels: 3 },
  classes: 1000,
  smallInput:
    'below 128 pixels borders are kept and the stem halves twice instead of three times; below 64 pixels once',
  build: inceptionResNetV2,
}
