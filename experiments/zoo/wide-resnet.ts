/** WRN-28-10 for CIFAR: Zagoruyko, Komodakis: Wide Residual Networks, BMVC 2016, Table 1 with N = 4, k = 10. */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from './chain.ts'
import { widen } from './image-scale.ts'
import { cifar10, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

export interface WideResNetOptions extends ZooOptions {
  /** Depth 6N + 4. Default 28. */
  readonly depth?: number
  /** k in WRN-d-k. Default 10. */
  readonly widthFactor?: number
  /** Rate between the convolutions of a block. Default 0; the paper takes 0.3 where it helps. */
  readonly dropout?: number
}

export function wideResNet(options: WideResNetOptions): NetworkDocument {
  const { input, classes, depth = 28, widthFactor = 10, dropout = 0 } = options
  const wide = widen(options)
  const stages = [16, 32, 64].map((filters, stage) => ({
    id: `conv${stage + 2}`,
    type: 'wide-basic',
    params: { filters: wide(filters), widthFactor, ...(dropout > 0 && { dropout }) },
    repeat: { times: (depth - 4) / 6, ...(stage > 0 && { firstStride: 2 }) },
  }))
  return chain(`WRN-${depth}-${widthFactor}`, [
    { id: 'input', type: 'input', params: { ...input } },
    { id: 'conv1', type: 'conv2d', params: { filters: wide(16), padding: 1, bias: false } },
    ...stages,
    { id: 'norm', type: 'batch-normalization' },
    { id: 'relu', type: 'relu' },
    { id: 'pool', type: 'global-average-pool' },
    { id: 'fc', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

export const wideResNetEntry: ZooEntry = {
  id: 'wrn28-10',
  title: 'WRN-28-10 (CIFAR)',
  year: 2016,
  source: 'Zagoruyko, Komodakis: Wide Residual Networks. BMVC 2016, Tables 1 and 4; without dropout',
  ...cifar10,
  smallInput: 'made for 32x32; other sizes need no change',
  build: wideResNet,
}
