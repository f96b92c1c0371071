/**
 * The state of a run in two sets of buffers: a step reads one and writes the other, then they change places. No copy is made, and a
 * step that fails leaves the state as it was.
 */
import type { Tensor } from 'onnxruntime-node'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { StateTensor } from '../../compiler/compiled-training.ts'
import type { TrainingState } from '../../compiler/initialise-weights.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'
import type { Tensors } from './onnx-session.ts'
import type { ProgramLowerer } from './program-lowerer.ts'
import { nextName } from './step-graph.ts'

interface Buffer {
  readonly values: Float32Array
  readonly tensor: Tensor
}

type BufferSet = Map<string, Buffer>

export class StateBuffers {
  private readonly tensors: readonly StateTensor[]
  private readonly lowerer: ProgramLowerer
  private readonly current: BufferSet
  private readonly next: BufferSet

  /**
   * @param lowerer says how the tensors lie in the buffers
   * @param changing names of the tensors that a step gives a next value; frozen weights have one buffer
   * @param sums kept from call to call like the state, but zero between steps and in no checkpoint
   */
  constructor(
    runtime: OnnxRuntime,
    tensors: readonly StateTensor[],
    lowerer: ProgramLowerer,
    { changing, sums }: { readonly changing: ReadonlySet<string>; readonly sums: readonly StateTensor[] },
  ) {
    this.tensors = tensors
    this.lowerer = lowerer
    const allocate = (list: readonly StateTensor[]): BufferSet =>
      new Map(
        list.map((entry) => {
          const { name } = entry
          const shape = lowerer.stateShape(entry)
          const values = new Float32Array(elementCount(shape))
          return [name, { values, tensor: new runtime.Tensor('float32', values, shape) }]
        }),
      )
    const all = [...tensors, ...sums]
    this.current = allocate(all)
    this.next = allocate(all.filter((tensor) => changing.has(tensor.name)))
  }

  /** The current values of `names`, to feed. */
  feeds(names: readonly string[]): Tensors {
    return Object.fromEntries(names.map((name) => [name, this.tensor(this.current, name)]))
  }

  /** Where the next values of `names` go. */
  fetches(names: readonly string[]): Tensors {
    return Object.fromEntries(names.map((name) => [nextName(name), this.tensor(this.next, name)]))
  }

  /** Makes the next values of `names` the current ones. */
  swap(names: readonly string[]): void {
    for (const name of names) {
      const current = this.buffer(name, this.current)
      this.current.set(name, this.buffer(name, this.next))
      this.next.set(name, current)
    }
  }

  /** Row-major copies of what a checkpoint holds. */
  read(): TrainingState {
    return new Map(
      this.tensors.map((entry) => [entry.name, this.lowerer.unpackState(entry, this.buffer(entry.name).values)]),
    )
  }

  write(state: TrainingState): void {
    for (const entry of this.tensors)
      this.buffer(entry.name).values.set(this.lowerer.packState(entry, state.get(entry.name) ?? new Float32Array()))
  }

  private buffer(name: string, set = this.current): Buffer {
    const buffer = set.get(name)
    if (!buffer) throw new Error(`the state has no buffer for ${name}`)
    return buffer
  }

  private tensor(set: BufferSet, name: string): Tensor {
    return this.buffer(name, set).tensor
  }
}
