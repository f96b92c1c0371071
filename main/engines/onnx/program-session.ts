/**
 * Runs any tensor program with its weights built in: evaluation, feature maps, explanations. Weights that cannot change let the runtime
 * fold batch normalisation into convolutions and choose its own layouts.
 */
import type { Tensor } from 'onnxruntime-node'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { ProgramInput, TensorProgram } from '../../../experiments/ops/program.ts'
import { elementCount, formatShape, sameShape } from '../../../experiments/ops/tensor-type.ts'
import type { NamedTensor } from '../../checkpoints/safetensors.ts'
import { OnnxGraphDraft, type OnnxGraph, type OnnxInitializer } from './onnx-graph.ts'
import { defaultThreads, loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts'
import { OnnxSession } from './onnx-session.ts'
import { lowerProgram } from './lower-program.ts'

const target: OnnxTarget = { provider: 'cpu', opset: 17, contribOps: true }

export class ProgramSession {
  private readonly runtime: OnnxRuntime
  private readonly session: OnnxSession
  private readonly program: TensorProgram
  private readonly inputs: readonly ProgramInput[]

  private constructor(runtime: OnnxRuntime, session: OnnxSession, program: TensorProgram) {
    this.runtime = runtime
    this.session = session
    this.program = program
    this.inputs = program.inputs.filter((input) => !isConstant(input))
  }

  /**
   * @param constants values of all weights and states, by name; others are left out
   * @throws StudioError `missing-value` or `shape-mismatch` for weights of another network, `engine-unavailable` or `engine-failed`
   */
  static async open(
    program: TensorProgram,
    constants: readonly NamedTensor[],
    threads = defaultThreads(),
  ): Promise<ProgramSession> {
    const runtime = await loadOnnxRuntime()
    const options = { provider: 'cpu', threads, opset: target.opset } as const
    const session = await OnnxSession.open(constantGraph(program, constants), options)
    return new ProgramSession(runtime, session, program)
  }

  /**
   * @param inputs by name, whole tensors; images and other numbers as Float32Array, labels as Int32Array
   * @returns the outputs by name, row-major
   */
  async run(inputs: Readonly<Record<string, Float32Array | Int32Array>>): Promise<ReadonlyMap<string, Float32Array>> {
    const feeds = Object.fromEntries(
      this.inputs.map(({ name, value }) => {
        const data = inputs[name]
        if (data?.length !== elementCount(value.type.shape)) {
          throw new RangeError(`input ${name} needs the shape ${formatShape(value.type.shape)}`)
        }
        return [name, this.tensor(data, value.type.shape)]
      }),
    )
    const results = this.program.outputs.map(({ name, value }) => {
      const data = new Float32Array(elementCount(value.type.shape))
      return { name, data, tensor: this.tensor(data, value.type.shape) }
    })
    await this.session.run(feeds, Object.fromEntries(results.map(({ name, tensor }) => [name, tensor])))
    return new Map(results.map(({ name, data }) => [name, data]))
  }

  close(): Promise<void> {
    return this.session.close()
  }

  private tensor(data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
    const { Tensor } = this.runtime
    return data instanceof Int32Array ? new Tensor('int32', data, shape) : new Tensor('float32', data, shape)
  }
}

function isConstant({ role }: ProgramInput): boolean {
  return role === 'weight' || role === 'state'
}

function constantGraph(program: TensorProgram, constants: readonly NamedTensor[]): OnnxGraph {
  const draft = new OnnxGraphDraft(target)
  const names = lowerProgram(program, draft, (input) => input)
  for (const { name } of program.outputs) {
    const inputs = [names.get(name) ?? '']
    draft.namedNode({ operator: 'Identity', domain: '', inputs, outputs: [name], attributes: {} })
  }
  const given = new Map(constants.map((tensor) => [tensor.name, tensor]))
  const used = new Set(draft.nodeList.flatMap(({ inputs }) => inputs))
  const initializers = program.inputs.flatMap((input): readonly OnnxInitializer[] => {
    const { name } = input
    if (!isConstant(input) || !used.has(name)) return []
    const { shape } = input.value.type
    return [{ name, type: 'float32', shape, data: constantData(given.get(name), name, shape) }]
  })
  return {
    name: program.name,
    nodes: draft.nodeList,
    initializers: [...draft.initializers, ...initializers],
    inputs: program.inputs
      .filter((input) => !isConstant(input))
      .map(({ name, value }) => ({ name, type: value.type.dtype, shape: value.type.shape })),
    outputs: program.outputs.map(({ name, value }) => ({
      name,
      type: value.type.dtype,
      shape: value.type.shape,
    })),
  }
}

function constantData(tensor: NamedTensor | undefined, name: string, shape: readonly number[]): Float32Array {
  if (!tensor) {
    throw new StudioError('missing-value', `there are no values for ${name}: they are weights of another network`, {
      name,
    })
  }
  if (sameShape(tensor.shape, shape)) return tensor.data
  throw new StudioError(
    'shape-mismatch',
    `${name} has the shape ${formatShape(shape)} in the network, but ${formatShape(tensor.shape)} in its weights`,
    { name },
  )
}
