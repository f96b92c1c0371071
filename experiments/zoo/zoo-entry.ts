/** A ready-made network: where it comes from, and a function that builds it for an image size and a number of classes. */
import type { ImageSize } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'

export interface ZooOptions {
  readonly input: ImageSize
  readonly classes: number
  /** Multiplies the filters and the units of hidden layers. Default 1, the published network. */
  readonly width?: number
}

export interface ZooEntry {
  /** Stable; what experiments and the command line use. */
  readonly id: string
  readonly title: string
  readonly year: number
  /** Paper, with the table or figure that describes the network, and what differs from it. */
  readonly source: string
  readonly input: ImageSize
  readonly classes: number
  /** What changes for images that are too small for the published network. */
  readonly smallInput: string
  build(options: ZooOptions): NetworkDocument
}

/** Images of ImageNet's classification task, as most networks crop them. */
export const imageNet = { input: { height: 224, width: 224, channels: 3 }, classes: 1000 }
export const cifar10 = { input: { height: 32, width: 32, channels: 3 }, classes: 10 }
