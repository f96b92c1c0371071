/** Every layer of the network language. A new layer is one file and one line here. */
import { nearestName } from '../text/nearest-name.ts'
import { adaptiveAveragePool2dLayer } from './adaptive-average-pool2d.ts'
import { addLayer } from './add.ts'
import { averagePool2dLayer } from './average-pool2d.ts'
import { batchNormalizationLayer } from './batch-normalization.ts'
import { channelShuffleLayer } from './channel-shuffle.ts'
import { classifierLayer } from './classifier.ts'
import { concatenateLayer } from './concatenate.ts'
import { conv2dLayer } from './conv2d.ts'
import { cropLayer } from './crop.ts'
import type { LayerDefinition } from './define-layer.ts'
import { denseLayer } from './dense.ts'
import { depthwiseConv2dLayer } from './depthwise-conv2d.ts'
import { dropoutLayer } from './dropout.ts'
import { eluLayer } from './elu.ts'
import { flattenLayer } from './flatten.ts'
import { geluLayer } from './gelu.ts'
import { globalAveragePoolLayer } from './global-average-pool.ts'
import { globalMaxPoolLayer } from './global-max-pool.ts'
import { inputLayer } from './input.ts'
import { leakyReluLayer } from './leaky-relu.ts'
import { localResponseNormalizationLayer } from './local-response-normalization.ts'
import { maxPool2dLayer } from './max-pool2d.ts'
import { multiplyLayer } from './multiply.ts'
import { preluLayer } from './prelu.ts'
import { reluLayer } from './relu.ts'
import { relu6Layer } from './relu6.ts'
import { scaleLayer } from './scale.ts'
import { sigmoidLayer } from './sigmoid.ts'
import { siluLayer } from './silu.ts'
import { softmaxLayer } from './softmax.ts'
import { tanhLayer } from './tanh.ts'
import { upsampleLayer } from './upsample.ts'
import { zeroPadLayer } from './zero-pad.ts'

/** In the order of the palette. */
export const layers: readonly LayerDefinition[] = [
  inputLayer,
  conv2dLayer,
  depthwiseConv2dLayer,
  maxPool2dLayer,
  averagePool2dLayer,
  globalAveragePoolLayer,
  globalMaxPoolLayer,
  adaptiveAveragePool2dLayer,
  denseLayer,
  reluLayer,
  leakyReluLayer,
  preluLayer,
  relu6Layer,
  eluLayer,
  geluLayer,
  siluLayer,
  tanhLayer,
  sigmoidLayer,
  softmaxLayer,
  batchNormalizationLayer,
  localResponseNormalizationLayer,
  dropoutLayer,
  addLayer,
  multiplyLayer,
  concatenateLayer,
  scaleLayer,
  flattenLayer,
  zeroPadLayer,
  cropLayer,
  upsampleLayer,
  channelShuffleLayer,
  classifierLayer,
]

const byId = new Map(layers.map((layer) => [layer.id, layer]))

export function layerOf(type: string): LayerDefinition | undefined {
  return byId.get(type)
}

/** Names an unknown type and the nearest known one. */
export function unknownLayerMessage(type: string): string {
  const nearest = nearestName(type, [...byId.keys()])
  return `there is no layer "${type}"${nearest ? `; did you mean "${nearest}"?` : ''}`
}
