/**
 * The networks of the training benchmark, one of each family, small enough for any machine. They are written out here so that the numbers
 * of one version can be compared with those of another, whatever becomes of the zoo.
 */
import type { JsonObject } from '../../../experiments/errors/studio-error.ts'
import type { NetworkDocument, NetworkEdge, NetworkNode } from '../../../experiments/network/network-document.ts'
import { leNet5 } from '../../../experiments/zoo/lenet5.ts'

export interface BenchNetwork {
  readonly id: string
  readonly title: string
  readonly batchSize: number
  readonly document: NetworkDocument
}

const digits = { height: 28, width: 28, channels: 1 }
const images = { height: 32, width: 32, channels: 3 }
const classes = 10

/** Collects nodes one behind the other, each named by its number. */
class Drawing {
  readonly nodes: NetworkNode[] = []
  readonly edges: NetworkEdge[] = []

  add(type: string, params: JsonObject, ...sources: readonly string[]): string {
    const id = `${type}${this.nodes.length}`
    this.nodes.push({ id, type, params })
    for (const source of sources) this.edges.push({ source, target: id })
    return id
  }

  conv(source: string, filters: number, kernel: number, params: JsonObject = {}): string {
    return this.add('conv2d', { filters, kernel, ...params }, source)
  }

  /** Padding as PyTorch and the papers write it, the same on all sides. */
  convNorm(source: string, filters: number, kernel: number, stride: number): string {
    const params = { stride, padding: (kernel - 1) / 2, bias: false }
    return this.add('batch-normalization', {}, this.conv(source, filters, kernel, params))
  }

  relu(source: string): string {
    return this.add('relu', {}, source)
  }

  pool(source: string, kernel = 2, stride = 2, padding = 0): string {
    return this.add('max-pool2d', { kernel, stride, padding }, source)
  }

  finish(name: string, features: string): NetworkDocument {
    this.add('classifier', {}, this.add('dense', { units: classes }, features))
    return { format: 'strata.network', version: 1, name, nodes: this.nodes, edges: this.edges }
  }
}

/** He et al. 2016, section 4.2, with projection shortcuts. */
function resNet20(): NetworkDocument {
  const d = new Drawing()
  let x = d.relu(d.convNorm(d.add('input', { ...images }), 16, 3, 1))
  let channels = 16
  for (const width of [16, 32, 64])
    for (let block = 0; block < 3; block++) {
      const stride = block === 0 && width > 16 ? 2 : 1
      const branch = d.convNorm(d.relu(d.convNorm(x, width, 3, stride)), width, 3, 1)
      const shortcut = channels === width ? x : d.convNorm(x, width, 1, stride)
      x = d.relu(d.add('add', {}, branch, shortcut))
      channels = width
    }
  return d.finish('ResNet-20', d.add('global-average-pool', {}, x))
}

function smallVgg(): NetworkDocument {
  const d = new Drawing()
  let x = d.add('input', { ...images })
  for (const [width, convolutions] of [
    [64, 1],
    [128, 1],
    [256, 2],
  ] as const) {
    for (let i = 0; i < convolutions; i++) x = d.relu(d.conv(x, width, 3))
    x = d.pool(x)
  }
  return d.finish('small VGG', d.add('flatten', {}, x))
}

/** Szegedy et al. 2015, Fig. 2b, with widths for small images. */
function smallGoogLeNet(): NetworkDocument {
  const d = new Drawing()
  const unit = (source: string, filters: number, kernel: number) => d.relu(d.conv(source, filters, kernel))
  const inception = (x: string, [one, before3, three, before5, five, pooled]: readonly number[]) =>
    d.add(
      'concatenate',
      {},
      unit(x, one ?? 1, 1),
      unit(unit(x, before3 ?? 1, 1), three ?? 1, 3),
      unit(unit(x, before5 ?? 1, 1), five ?? 1, 5),
      unit(d.pool(x, 3, 1, 1), pooled ?? 1, 1),
    )
  const stem = d.pool(unit(d.add('input', { ...images }), 64, 3))
  const first = d.pool(inception(stem, [64, 48, 64, 16, 32, 32]))
  const second = inception(first, [96, 64, 128, 32, 48, 48])
  return d.finish('small GoogLeNet', d.add('global-average-pool', {}, second))
}

/** Zagoruyko, Komodakis 2016: depth 16, widening 2. */
function wideResNet(): NetworkDocument {
  const d = new Drawing()
  const norm = (source: string) => d.relu(d.add('batch-normalization', {}, source))
  const conv = (source: string, filters: number, kernel: number, stride: number) =>
    d.conv(source, filters, kernel, { stride, padding: (kernel - 1) / 2, bias: false })
  let x = conv(d.add('input', { ...images }), 16, 3, 1)
  let channels = 16
  for (const width of [32, 64, 128])
    for (let block = 0; block < 2; block++) {
      const stride = block === 0 && width > 32 ? 2 : 1
      const active = norm(x)
      const branch = conv(norm(conv(active, width, 3, stride)), width, 3, 1)
      const shortcut = channels === width ? x : conv(active, width, 1, stride)
      x = d.add('add', {}, branch, shortcut)
      channels = width
    }
  return d.finish('WRN-16-2', d.add('global-average-pool', {}, norm(x)))
}

export const benchNetworks: readonly BenchNetwork[] = [
  {
    id: 'lenet5',
    title: 'LeNet-5, max pooling and ReLU, 28x28x1',
    batchSize: 128,
    document: leNet5({ input: digits, classes, pooling: 'max-pool2d', activation: 'relu' }),
  },
  {
    id: 'lenet5-1998',
    title: 'LeNet-5 as of 1998, 28x28x1',
    batchSize: 128,
    document: leNet5({ input: digits, classes }),
  },
  { id: 'resnet20', title: 'ResNet-20, 32x32x3', batchSize: 64, document: resNet20() },
  { id: 'vgg-small', title: 'VGG of 4 convolutions, 32x32x3', batchSize: 32, document: smallVgg() },
  {
    id: 'googlenet-small',
    title: 'GoogLeNet of 2 Inception modules, 32x32x3',
    batchSize: 32,
    document: smallGoogLeNet(),
  },
  { id: 'wrn16-2', title: 'WRN-16-2, 32x32x3', batchSize: 64, document: wideResNet() },
]
