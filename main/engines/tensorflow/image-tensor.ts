/**
 * A value of a program as TensorFlow tensors. Programs have images as [N, channels, height, width]; TensorFlow's kernels for the processor
 * want channels last. A value is kept as what made it, and gets the other form when somebody asks for it, once.
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Tf } from './tf.ts'

const toLast = [0, 2, 3, 1]
const toFirst = [0, 3, 1, 2]

export class ImageTensor {
  /** As the program has it. */
  readonly shape: readonly number[]
  readonly #tf: Tf
  #first: Tensor | undefined
  #last: Tensor | undefined

  private constructor(tf: Tf, shape: readonly number[], first: Tensor | undefined, last: Tensor | undefined) {
    this.#tf = tf
    this.shape = shape
    this.#first = first
    this.#last = last
  }

  /** Of the program's own form, whatever its rank. */
  static of(tf: Tf, tensor: Tensor): ImageTensor {
    return new ImageTensor(tf, tensor.shape, tensor, undefined)
  }

  /** Of images with channels last. */
  static ofLast(tf: Tf, tensor: Tensor): ImageTensor {
    const shape = toFirst.map((axis) => tensor.shape[axis] ?? 1)
    return new ImageTensor(tf, shape, undefined, tensor)
  }

  /** Whether its channels are last already. */
  get isLast(): boolean {
    return this.#last !== undefined
  }

  get first(): Tensor {
    return (this.#first ??= this.#tf.keep(this.#tf.transpose(this.last, toFirst)))
  }

  get last(): Tensor {
    return (this.#last ??= this.#tf.keep(this.#tf.transpose(this.first, toLast)))
  }

  /** Keeps its tensors beyond the op that made them. */
  keep(): this {
    for (const tensor of [this.#first, this.#last]) if (tensor) this.#tf.keep(tensor)
    return this
  }

  dispose(): void {
    this.#first?.dispose()
    this.#last?.dispose()
  }
}
