/** The state of a run in a device's memory: what a step returns takes the place of what it was made from, and nothing is copied. */
import type { Tensor } from 'onnxruntime-node'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'
import type { StateTensor } from '../../../compiler/compiled-training.ts'
import type { TrainingState } from '../../../compiler/initialise-weights.ts'
import type { Tensors } from '../onnx-session.ts'
import { nextName } from '../step-graph.ts'
import type { DeviceMemory } from './device-memory.ts'

export class DeviceState {
  private readonly memory: DeviceMemory
  private readonly tensors: readonly StateTensor[]
  private readonly current = new Map<string, Tensor>()

  private constructor(memory: DeviceMemory, tensors: readonly StateTensor[]) {
    this.memory = memory
    this.tensors = tensors
  }

  /** @param sums kept from step to step like the state, but zero at first and in no checkpoint */
  static async upload(
    memory: DeviceMemory,
    tensors: readonly StateTensor[],
    state: TrainingState,
    sums: readonly StateTensor[],
  ): Promise<DeviceState> {
    const made = new DeviceState(memory, tensors)
    await made.write(state)
    for (const { name, shape } of sums)
      made.current.set(name, await memory.upload(new Float32Array(elementCount(shape)), shape))
    return made
  }

  feeds(names: readonly string[]): Tensors {
    return Object.fromEntries(names.map((name) => [name, this.tensor(name)]))
  }

  /** Takes the next values of `names` out of `outputs`. */
  advance(names: readonly string[], outputs: Tensors): void {
    for (const name of names) {
      const next = outputs[nextName(name)]
      if (!next) throw new Error(`the step gave no next ${name}`)
      this.tensor(name).dispose()
      this.current.set(name, next)
    }
  }

  /** Copies of what a checkpoint holds. */
  async read(): Promise<TrainingState> {
    const state = new Map<string, Float32Array>()
    for (const { name } of this.tensors) state.set(name, await this.memory.download(this.tensor(name)))
    return state
  }

  async write(state: TrainingState): Promise<void> {
    for (const { name, shape } of this.tensors) {
      const next = await this.memory.upload(state.get(name) ?? new Float32Array(), shape)
      this.current.get(name)?.dispose()
      this.current.set(name, next)
    }
  }

  dispose(): void {
    for (const tensor of this.current.values()) tensor.dispose()
    this.current.clear()
  }

  private tensor(name: string): Tensor {
    const tensor = this.current.get(name)
    if (!tensor) throw new Error(`the device has no ${name}`)
    return tensor
  }
}
