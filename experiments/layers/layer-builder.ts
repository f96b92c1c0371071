/**
 * What a layer lowers itself into: ops, and declarations of what the layer owns. The same `lower` serves training and
 * inference; a layer that differs between them asks `training`.
 */
import type { OpEmitter, Value } from '../ops/program.ts'
import type { Fans, InitializerName } from './initializers.ts'

export interface WeightOptions extends Fans {
  readonly initializer: InitializerName
  /** Multiplies what the initialiser gives. Default 1. */
  readonly gain?: number
  /** Whether the optimizer changes it. Default true. */
  readonly trainable?: boolean
  /** Whether weight decay applies: usual for kernels, not for biases and norms. Default true. */
  readonly decay?: boolean
}

export interface LayerBuilder extends OpEmitter {
  /** Training keeps what inference folds or drops: dropout, the statistics of a batch. */
  readonly training: boolean
  /** Declares the batch of images [N, channels, height, width]. */
  images(channels: number, height: number, width: number): Value
  /** Declares a trained tensor; `name` is unique within the layer and part of every checkpoint. */
  weight(name: string, shape: readonly number[], options: WeightOptions): Value
  /** Declares a tensor that the layer itself keeps from step to step, such as running statistics. Counts as a parameter of no layer. */
  state(name: string, shape: readonly number[], initial: number): Value
  /** Says what `state(name)` will be in the next step; training only. */
  updateState(name: string, next: Value): void
  /** Fresh uniform numbers in [0, 1) for every step, reproducible from seed and step; training only. */
  random(name: string, shape: readonly number[]): Value
  /** Marks the class scores [N, classes], before any softmax. */
  logits(value: Value): void
  /** Marks class scores whose loss counts `weight` while training. */
  auxiliaryLogits(value: Value, weight: number): void
}
