/**
 * Training on a device with a memory of its own. Weights and optimizer state never leave it between checkpoints; a step sends its batch
 * there and the few numbers that come back are read once for many steps, so that the next batch is on its way while the device computes.
 */
import type { Tensor } from 'onnxruntime-node'
import type { OnnxTarget } from '../../../../experiments/ops/onnx-lowering.ts'
import type { ProgramInput, TensorProgram } from '../../../../experiments/ops/program.ts'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'
import type { CompiledTraining } from '../../../compiler/compiled-training.ts'
import type { TrainingState } from '../../../compiler/initialise-weights.ts'
import { checkState } from '../../check-state.ts'
import type {
  EvaluationBatch,
  EvaluationResult,
  SessionOptions,
  StepResult,
  TrainingBatch,
  TrainingSession,
} from '../../engine.ts'
import { checkBatch, evaluateParts, joinResults, partsOf, stepInput, type BatchPart } from '../../step-inputs.ts'
import { defaultThreads, loadOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.ts'
import { mixedLowerer } from '../mixed-lowerer.ts'
import { OnnxSession, type RuntimeOptions } from '../onnx-session.ts'
import { plainLowerer } from '../program-lowerer.ts'
import {
  inputShape,
  isState,
  nextName,
  nextStates,
  packedGraph,
  packedResults,
  singleGraph,
  statesOf,
} from '../step-graph.ts'
import { DeviceMemory } from './device-memory.ts'
import { expectFloat16 } from '../device-float16.ts'
import { DeviceState } from './device-state.ts'

/** Most steps whose results are read together, and most bytes of the batches that wait for it. */
const mostSteps = 8
const mostBatchBytes = 64 * 2 ** 20

/** Loss, correct answers and gradient norm. */
const resultsOfStep = 3

interface Step {
  readonly session: OnnxSession
  readonly program: TensorProgram
  /** Names of what it returns, in their order. */
  readonly results: readonly string[]
}

interface Sessions {
  /** Of the whole step, or of one part of its batch. */
  readonly step: Step
  /** What ends a step in parts. */
  readonly update: Step | undefined
  readonly evaluation: OnnxSession
  readonly memory: DeviceMemory
}

/** The numbers of one run of a step, still on the device. */
interface Pending {
  readonly names: readonly string[]
  readonly tensor: Tensor
}

export interface DeviceOptions {
  /** Id of the device, as in reports. */
  readonly device: string
  readonly target: OnnxTarget
}

export class DeviceTrainingSession implements TrainingSession {
  readonly batchSize: number
  readonly device: string
  readonly stepsPerDispatch: number
  private readonly compiled: CompiledTraining
  private readonly runtime: OnnxRuntime
  private readonly sessions: Sessions
  private readonly state: DeviceState
  private readonly seed: number

  private constructor(
    compiled: CompiledTraining,
    runtime: OnnxRuntime,
    sessions: Sessions,
    state: DeviceState,
    { seed, stepsPerDispatch, device }: SessionOptions & { readonly device: string },
  ) {
    this.compiled = compiled
    this.runtime = runtime
    this.sessions = sessions
    this.state = state
    this.seed = seed
    this.device = device
    this.batchSize = compiled.batchSize
    this.stepsPerDispatch = stepsPerDispatch ?? stepsFor(compiled)
  }

  static async open(
    compiled: CompiledTraining,
    options: SessionOptions,
    { device, target }: DeviceOptions,
  ): Promise<DeviceTrainingSession> {
    checkState(compiled.state, options.state)
    const runtime = await loadOnnxRuntime()
    const runtimeOptions: RuntimeOptions = {
      provider: 'webgpu',
      threads: options.threads ?? defaultThreads(),
      opset: target.opset,
    }
    const { training, accumulation, evaluation } = compiled
    const lowerer = compiled.precision === 'mixed_float16' ? mixedLowerer : plainLowerer
    if (lowerer === mixedLowerer) await expectFloat16(runtimeOptions)
    const openStep = async (program: TensorProgram): Promise<Step> => {
      const { graph, results } = packedGraph(program, target, lowerer)
      const kept = [...nextStates(program).map(nextName), ...(results.length > 0 ? [packedResults] : [])]
      const session = await OnnxSession.open(graph, { ...runtimeOptions, deviceOutputs: kept })
      return { session, program, results }
    }
    const memory = new DeviceMemory(runtime, runtimeOptions)
    const sessions: Sessions = {
      step: await openStep(training),
      update: accumulation && (await openStep(accumulation.update)),
      evaluation: await OnnxSession.open(singleGraph(evaluation, target, lowerer), runtimeOptions),
      memory,
    }
    const state = await DeviceState.upload(memory, compiled.state, options.state, accumulation?.sums ?? [])
    return new DeviceTrainingSession(compiled, runtime, sessions, state, { ...options, device })
  }

  async train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    for (const batch of batches) checkBatch(this.compiled, batch)
    const pending: Pending[] = []
    try {
      const runs: number[] = []
      for (const batch of batches) runs.push(await this.send(batch, pending))
      const results: Partial<StepResult>[] = []
      for (const { names, tensor } of pending) results.push(named(names, await this.sessions.memory.download(tensor)))
      return runs.map((count) => this.resultOf(results.splice(0, count)))
    } finally {
      for (const { tensor } of pending) tensor.dispose()
    }
  }

  evaluate(batch: EvaluationBatch): Promise<EvaluationResult> {
    return evaluateParts(this.compiled, batch, async ({ images, labels }) => {
      const { evaluation } = this.compiled
      const results = await this.sessions.evaluation.runForOutputs({
        ...this.state.feeds(statesOf(evaluation)),
        images: this.tensor(images, inputShape(evaluation, 'images')),
        labels: this.tensor(labels, inputShape(evaluation, 'labels')),
      })
      const floats = (name: string) => Float32Array.from((results[name]?.data as Float32Array | undefined) ?? [])
      return { losses: floats('losses'), correct: floats('correct'), logits: floats('logits') }
    })
  }

  async timeTransfers(batch: TrainingBatch): Promise<number> {
    const { memory } = this.sessions
    const { channels, height, width } = this.compiled.input
    const shape = [this.batchSize, channels, height, width]
    const transfer = async () => {
      const images = await memory.upload(batch.images, shape)
      const results = await memory.upload(new Float32Array(resultsOfStep), [resultsOfStep])
      await memory.download(results)
      for (const tensor of [images, results]) tensor.dispose()
    }
    // The graphs that copy are made at the first call.
    await transfer()
    const started = performance.now()
    await transfer()
    return (performance.now() - started) / 1000
  }

  readState(): Promise<TrainingState> {
    return this.state.read()
  }

  async writeState(state: TrainingState): Promise<void> {
    checkState(this.compiled.state, state)
    await this.state.write(state)
  }

  async dispose(): Promise<void> {
    const { step, update, evaluation, memory } = this.sessions
    this.state.dispose()
    for (const session of [step.session, update?.session, evaluation]) await session?.close()
    await memory.close()
  }

  /** Starts one step and notes what is to be read of it; returns how many runs that took. */
  private async send(batch: TrainingBatch, pending: Pending[]): Promise<number> {
    const { step, update } = this.sessions
    const parts = partsOf(this.compiled, batch)
    for (const part of parts) pending.push(await this.run(step, part))
    if (update) pending.push(await this.run(update, { ...batch, part: 0 }))
    return parts.length + (update ? 1 : 0)
  }

  private async run({ session, program, results }: Step, part: BatchPart): Promise<Pending> {
    const feeds: Record<string, Tensor> = { ...this.state.feeds(statesOf(program)) }
    for (const input of program.inputs) if (!isState(input)) feeds[input.name] = this.stepInput(input, part)
    const outputs = await session.runForOutputs(feeds)
    this.state.advance(nextStates(program), outputs)
    const tensor = outputs[packedResults]
    if (!tensor) throw new Error(`${program.name} returned no results`)
    return { names: results, tensor }
  }

  private resultOf(runs: readonly Partial<StepResult>[]): StepResult {
    const last = runs.at(-1)
    const parts = this.sessions.update ? runs.slice(0, -1) : runs
    const whole = parts.map(({ loss = Number.NaN, correct = Number.NaN }) => ({ loss, correct }))
    return joinResults(whole, last?.gradientNorm ?? Number.NaN)
  }

  private stepInput(input: ProgramInput, part: BatchPart): Tensor {
    return this.tensor(stepInput(input, part, this.seed), input.value.type.shape)
  }

  private tensor(data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
    const { Tensor } = this.runtime
    return data instanceof Int32Array ? new Tensor('int32', data, shape) : new Tensor('float32', data, shape)
  }
}

function stepsFor(compiled: CompiledTraining): number {
  const { height, width, channels } = compiled.input
  const bytes = 4 * elementCount([compiled.batchSize, channels, height, width])
  return Math.max(1, Math.min(mostSteps, Math.floor(mostBatchBytes / bytes)))
}

function named(names: readonly string[], values: Float32Array): Partial<StepResult> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]))
}
