/**
 * Training and evaluation of one compiled network on onnxruntime's CPU provider. Small states run many steps per call inside of a
 * Loop; for large ones the call costs nothing beside the step, and a Loop would hold one more copy of the state.
 */
import type { Tensor } from 'onnxruntime-node'
import { inputAt } from '../../../experiments/ops/expect-type.ts'
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { ProgramInput, TensorProgram } from '../../../experiments/ops/program.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { CompiledTraining } from '../../compiler/compiled-training.ts'
import type { TrainingState } from '../../compiler/initialise-weights.ts'
import { checkState } from '../check-state.ts'
import type {
  EvaluationBatch,
  EvaluationResult,
  SessionOptions,
  StepResult,
  TrainingBatch,
  TrainingSession,
} from '../engine.ts'
import { checkBatch, stepInput } from '../step-inputs.ts'
import { OnnxSession, type RuntimeOptions } from './onnx-session.ts'
import { defaultThreads, loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts'
import { blockedLowerer } from './blocked/lower-blocked.ts'
import { detectBlockSize } from './blocked/block-size.ts'
import { planLayouts } from './blocked/plan-layouts.ts'
import { plainLowerer, type ProgramLowerer } from './program-lowerer.ts'
import { StateBuffers } from './state-buffers.ts'
import { isState, loopGraph, singleGraph } from './step-graph.ts'

const target: OnnxTarget = { provider: 'cpu', opset: 17, contribOps: true }

/** State up to this size trains in a Loop. */
const loopStateBytes = 64 * 2 ** 20
const loopSteps = 16

interface Sessions {
  readonly step: OnnxSession
  readonly evaluation: OnnxSession
  readonly isLoop: boolean
  readonly lowerer: ProgramLowerer
}

/** `auto`: in blocks where the processor has such operators. All give the same results up to rounding. */
export type Lowering = 'auto' | 'plain'

export class OnnxTrainingSession implements TrainingSession {
  readonly batchSize: number
  readonly device = 'cpu'
  readonly stepsPerDispatch: number
  private readonly compiled: CompiledTraining
  private readonly runtime: OnnxRuntime
  private readonly step: OnnxSession
  private readonly evaluation: OnnxSession
  private readonly buffers: StateBuffers
  private readonly seed: number
  private readonly isLoop: boolean

  private constructor(compiled: CompiledTraining, runtime: OnnxRuntime, sessions: Sessions, seed: number) {
    this.compiled = compiled
    this.runtime = runtime
    this.step = sessions.step
    this.evaluation = sessions.evaluation
    this.isLoop = sessions.isLoop
    this.seed = seed
    this.batchSize = compiled.batchSize
    this.stepsPerDispatch = sessions.isLoop ? loopSteps : 1
    const changing = compiled.training.outputs.filter(isState).map((output) => output.name)
    this.buffers = new StateBuffers(runtime, compiled.state, sessions.lowerer, new Set(changing))
  }

  static async open(
    compiled: CompiledTraining,
    options: SessionOptions,
    lowering: Lowering = 'auto',
  ): Promise<OnnxTrainingSession> {
    checkState(compiled.state, options.state)
    const runtime = await loadOnnxRuntime()
    const runtimeOptions: RuntimeOptions = {
      provider: 'cpu',
      threads: options.threads ?? defaultThreads(),
      opset: target.opset,
    }
    const stateBytes = 4 * compiled.state.reduce((sum, tensor) => sum + elementCount(tensor.shape), 0)
    const isLoop = options.stepsPerDispatch === undefined ? stateBytes <= loopStateBytes : options.stepsPerDispatch > 1
    const lowerer = await chooseLowerer(compiled.training, lowering, runtimeOptions.threads)
    const graph = (isLoop ? loopGraph : singleGraph)(compiled.training, target, lowerer)
    const step = await OnnxSession.open(graph, runtimeOptions)
    const evaluation = await OnnxSession.open(singleGraph(compiled.evaluation, target, lowerer), runtimeOptions)
    const session = new OnnxTrainingSession(compiled, runtime, { step, evaluation, isLoop, lowerer }, options.seed)
    session.buffers.write(options.state)
    return session
  }

  async train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    for (const batch of batches) checkBatch(this.compiled, batch)
    if (this.isLoop) return batches.length === 0 ? [] : this.dispatch(batches)
    const results: StepResult[] = []
    for (const batch of batches) results.push(...(await this.dispatch([batch])))
    return results
  }

  async evaluate({ images, labels, count }: EvaluationBatch): Promise<EvaluationResult> {
    const { evaluation: program, batchSize, classes } = this.compiled
    checkBatch(this.compiled, { images, labels })
    if (!(count >= 1 && count <= batchSize))
      throw new RangeError(`an evaluation counts 1 to ${batchSize} examples, not ${count}`)
    const results = this.resultTensors(program, [])
    const stateNames = program.inputs.filter(isState).map((input) => input.name)
    const batch = {
      images: this.tensor('float32', images, inputShape(program, 'images')),
      labels: this.tensor('int32', labels, inputShape(program, 'labels')),
    }
    await this.evaluation.run({ ...this.buffers.feeds(stateNames), ...batch }, results)
    return {
      losses: floats(results, 'losses').subarray(0, count),
      correct: floats(results, 'correct').subarray(0, count),
      logits: floats(results, 'logits').subarray(0, count * classes),
    }
  }

  async readState(): Promise<TrainingState> {
    return this.buffers.read()
  }

  async writeState(state: TrainingState): Promise<void> {
    checkState(this.compiled.state, state)
    this.buffers.write(state)
  }

  async dispose(): Promise<void> {
    await this.step.close()
    await this.evaluation.close()
  }

  /** Runs one step per batch in one call. */
  private async dispatch(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    const program = this.compiled.training
    const leading = this.isLoop ? [batches.length] : []
    const feeds: Record<string, Tensor> = { ...this.buffers.feeds() }
    for (const input of program.inputs) if (!isState(input)) feeds[input.name] = this.stepInput(input, batches, leading)
    if (this.isLoop) feeds['steps'] = this.tensor('int64', BigInt64Array.of(BigInt(batches.length)), [])
    const results = this.resultTensors(program, leading)
    await this.step.run(feeds, { ...this.buffers.fetches(), ...results })
    this.buffers.swap()
    const value = (name: string, step: number) => floats(results, name)[step] ?? Number.NaN
    return batches.map((_, step) => ({
      loss: value('loss', step),
      correct: value('correct', step),
      gradientNorm: value('gradientNorm', step),
    }))
  }

  private stepInput(input: ProgramInput, batches: readonly TrainingBatch[], leading: readonly number[]): Tensor {
    const { dtype, shape } = input.value.type
    const parts = batches.map((batch) => stepInput(input, batch, this.seed))
    return this.tensor(dtype === 'int32' ? 'int32' : 'float32', join(parts), [...leading, ...shape])
  }

  private resultTensors(program: TensorProgram, leading: readonly number[]): Readonly<Record<string, Tensor>> {
    const results = program.outputs.filter((output) => !isState(output))
    return Object.fromEntries(
      results.map(({ name, value }) => {
        const shape = [...leading, ...value.type.shape]
        return [name, this.tensor('float32', new Float32Array(elementCount(shape)), shape)]
      }),
    )
  }

  private tensor(
    type: 'float32' | 'int32' | 'int64',
    data: Float32Array | Int32Array | BigInt64Array,
    shape: readonly number[],
  ): Tensor {
    return new this.runtime.Tensor(type, data, shape)
  }
}

async function chooseLowerer(program: TensorProgram, lowering: Lowering, threads: number): Promise<ProgramLowerer> {
  const block = lowering === 'plain' ? undefined : await detectBlockSize()
  return block === undefined ? plainLowerer : blockedLowerer(planLayouts(program, block), { block, threads })
}

function join(parts: readonly (Float32Array | Int32Array)[]): Float32Array | Int32Array {
  const first = inputAt(parts, 0)
  if (parts.length === 1) return first
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const joined = first instanceof Int32Array ? new Int32Array(length) : new Float32Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

function inputShape(program: TensorProgram, input: string): readonly number[] {
  return program.inputs.find((candidate) => candidate.name === input)?.value.type.shape ?? []
}

function floats(results: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const data = results[name]?.data
  if (!(data instanceof Float32Array)) throw new Error(`there is no result ${name}`)
  return data
}
