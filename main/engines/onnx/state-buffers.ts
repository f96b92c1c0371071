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

type BufferSet = ReadonlyMap<string, Buffer>

export class StateBuffers {
  private readonly changing: readonly string[]
  private readonly names: readonly string[]
  private readonly tensors: readonly StateTensor[]
  private readonly lowerer: ProgramLowerer
  private current: BufferSet
  private next: BufferSet

  /**
   * @param lowerer says how the tensors lie in the buffers
   * @param changing names of the tensors that a step gives a next value; frozen weights have one buffer
   */
  constructor(
    runtime: OnnxRuntime,
    tensors: readonly StateTensor[],
    lowerer: ProgramLowerer,
    changing: ReadonlySet<string>,
  ) {
    this.tensors = tensors
    this.lowerer = lowerer
    this.names = tensors.map((tensor) => tensor.name)
    this.changing = this.names.filter((name) => changing.has(name))
    const allocate = (list: readonly StateTensor[]): BufferSet =>
      new Map(
        list.map((entry) => {
          const { name } = entry
          const shape = lowerer.stateShape(entry)
          const values = new Float32Array(elementCount(shape))
          return [name, { values, tensor: new runtime.Tensor('float32', values, shape) }]
        }),
      )
    this.current = allocate(tensors)
    this.next = new Map([...this.current, ...allocate(tensors.filter((tensor) => changing.has(tensor.name)))])
  }

  /** The current values of `names`, to feed. */
  feeds(names: readonly string[] = this.names): Tensors {
    return Object.fromEntries(names.map((name) => [name, this.tensor(this.current, name)]))
  }

  /** Where the next values go. */
  fetches(): Tensors {
    return Object.fromEntries(this.changing.map((name) => [nextName(name), this.tensor(this.next, name)]))
  }

  /** Makes the next values the current ones. */
  swap(): void {
    const { current } = this
    this.current = this.next
    this.next = current
  }

  /** Row-major copies. */
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
