/**
 * Moves tensors between this process and a device: in and out through graphs that only copy, for the runtime has no other way out of a
 * device in Node. One tensor at a time, so that a copy of a large state never lies in memory as a whole.
 */
import type { Tensor } from 'onnxruntime-node'
import type { OnnxGraph } from '../onnx-graph.ts'
import { OnnxSession, type RuntimeOptions } from '../onnx-session.ts'
import type { OnnxRuntime } from '../onnx-runtime.ts'

const input = 'here'
const output = 'there'

export class DeviceMemory {
  private readonly runtime: OnnxRuntime
  private readonly options: RuntimeOptions
  /** By direction and rank: sizes are free, but not their number. */
  private readonly sessions = new Map<string, Promise<OnnxSession>>()

  constructor(runtime: OnnxRuntime, options: RuntimeOptions) {
    this.runtime = runtime
    this.options = options
  }

  /** A tensor on the device; whoever asked for it disposes of it. */
  async upload(values: Float32Array, shape: readonly number[]): Promise<Tensor> {
    const session = await this.session('in', shape.length)
    return this.copy(session, new this.runtime.Tensor('float32', values, shape))
  }

  /** A copy of what `tensor` holds; it stays as it is. */
  async download(tensor: Tensor): Promise<Float32Array> {
    const session = await this.session('out', tensor.dims.length)
    const { data } = await this.copy(session, tensor)
    // The runtime owns the memory of what it returns.
    return Float32Array.from(data as Float32Array)
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).close()
    this.sessions.clear()
  }

  private async copy(session: OnnxSession, tensor: Tensor): Promise<Tensor> {
    const { [output]: copied } = await session.runForOutputs({ [input]: tensor })
    if (!copied) throw new Error('a copy has no output')
    return copied
  }

  private session(direction: 'in' | 'out', rank: number): Promise<OnnxSession> {
    const key = `${direction} ${rank}`
    const opened =
      this.sessions.get(key) ??
      OnnxSession.open(copyGraph(rank), { ...this.options, deviceOutputs: direction === 'in' ? [output] : [] })
    this.sessions.set(key, opened)
    return opened
  }
}

function copyGraph(rank: number): OnnxGraph {
  const shape = Array.from({ length: rank }, (_, axis) => `size${axis}`)
  return {
    name: 'copy',
    nodes: [{ operator: 'Identity', domain: '', inputs: [input], outputs: [output], attributes: {} }],
    initializers: [],
    inputs: [{ name: input, type: 'float32', shape }],
    outputs: [{ name: output, type: 'float32', shape }],
  }
}
