/**
 * Training and evaluation of one compiled network on a provider of onnxruntime, its state in this process between calls. Where the provider
 * runs a Loop, small states run many steps per call inside of one; on the processor the call costs nothing beside the step for large ones, and
 * a Loop would hold one more copy of the state.
 */
import type { Tensor } from 'onnxruntime-node'
import { inputAt } from '../../../experiments/ops/expect-type.ts'
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
import { checkBatch, evaluateParts, joinResults, partsOf, stepInput, type BatchPart } from '../step-inputs.ts'
import { OnnxSession, type RuntimeOptions } from './onnx-session.ts'
import { defaultThreads, loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts'
import { blockedLowerer } from './blocked/lower-blocked.ts'
import { detectBlockSize } from './blocked/block-size.ts'
import { planLayouts } from './blocked/plan-layouts.ts'
import { mixedLowerer } from './mixed-lowerer.ts'
import { processor, type OnnxPlace } from './onnx-place.ts'
import { plainLowerer, type ProgramLowerer } from './program-lowerer.ts'
import { StateBuffers } from './state-buffers.ts'
import { inputShape, isState, loopGraph, nextStates, singleGraph, statesOf } from './step-graph.ts'

/** Most steps of one call, and most bytes of the batches that it takes with it. */
const mostSteps = 16
const mostBatchBytes = 256 * 2 ** 20

interface Sessions {
  /** Of the whole step, or of one part of its batch. */
  readonly step: OnnxSession
  /** What ends a step in parts. */
  readonly update: OnnxSession | undefined
  readonly evaluation: OnnxSession
  readonly isLoop: boolean
  readonly lowerer: ProgramLowerer
}

export class OnnxTrainingSession implements TrainingSession {
  readonly batchSize: number
  readonly device: string
  readonly stepsPerDispatch: number
  private readonly compiled: CompiledTraining
  private readonly runtime: OnnxRuntime
  private readonly sessions: Sessions
  private readonly buffers: StateBuffers
  private readonly seed: number

  private constructor(
    compiled: CompiledTraining,
    runtime: OnnxRuntime,
    sessions: Sessions,
    { seed, device }: { readonly seed: number; readonly device: string },
  ) {
    const { accumulation, training } = compiled
    this.device = device
    this.compiled = compiled
    this.runtime = runtime
    this.sessions = sessions
    this.seed = seed
    this.batchSize = compiled.batchSize
    this.stepsPerDispatch = sessions.isLoop && !accumulation ? stepsOfCall(compiled) : 1
    const changing = new Set([...nextStates(training), ...(accumulation ? nextStates(accumulation.update) : [])])
    const sums = accumulation?.sums ?? []
    this.buffers = new StateBuffers(runtime, compiled.state, sessions.lowerer, { changing, sums })
  }

  static async open(
    compiled: CompiledTraining,
    options: SessionOptions,
    place: OnnxPlace = processor(),
  ): Promise<OnnxTrainingSession> {
    checkState(compiled.state, options.state)
    const { device, provider, target, lowering, loopStateBytes } = place
    const runtime = place.runtime ?? (await loadOnnxRuntime())
    const threads = options.threads ?? defaultThreads()
    const runtimeOptions: RuntimeOptions = { provider, threads, opset: target.opset, runtime }
    const stateBytes = 4 * compiled.state.reduce((sum, tensor) => sum + elementCount(tensor.shape), 0)
    const wantsLoop =
      options.stepsPerDispatch === undefined ? stateBytes <= loopStateBytes : options.stepsPerDispatch > 1
    const isLoop = loopStateBytes > 0 && wantsLoop
    const lowerer = await chooseLowerer(compiled, lowering, threads)
    const graph = (isLoop ? loopGraph : singleGraph)(compiled.training, target, lowerer)
    const step = await OnnxSession.open(graph, runtimeOptions)
    const single = (program: TensorProgram) => OnnxSession.open(singleGraph(program, target, lowerer), runtimeOptions)
    const update = compiled.accumulation && (await single(compiled.accumulation.update))
    const evaluation = await single(compiled.evaluation)
    const sessions = { step, update, evaluation, isLoop, lowerer }
    const session = new OnnxTrainingSession(compiled, runtime, sessions, { seed: options.seed, device })
    session.buffers.write(options.state)
    return session
  }

  async train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    for (const batch of batches) checkBatch(this.compiled, batch)
    const results: StepResult[] = []
    for (const step of this.dispatches(batches)) results.push(...(await this.runSteps(step)))
    return results
  }

  evaluate(batch: EvaluationBatch): Promise<EvaluationResult> {
    return evaluateParts(this.compiled, batch, async ({ images, labels }) => {
      const program = this.compiled.evaluation
      const results = this.resultTensors(program, [])
      const feeds = {
        images: this.tensor('float32', images, inputShape(program, 'images')),
        labels: this.tensor('int32', labels, inputShape(program, 'labels')),
      }
      await this.sessions.evaluation.run({ ...this.buffers.feeds(statesOf(program)), ...feeds }, results)
      return {
        losses: floats(results, 'losses'),
        correct: floats(results, 'correct'),
        logits: floats(results, 'logits'),
      }
    })
  }

  async readState(): Promise<TrainingState> {
    return this.buffers.read()
  }

  async writeState(state: TrainingState): Promise<void> {
    checkState(this.compiled.state, state)
    this.buffers.write(state)
  }

  async dispose(): Promise<void> {
    const { step, update, evaluation } = this.sessions
    for (const session of [step, update, evaluation]) await session?.close()
  }

  /** Batches that one call can train: all, or one whose parts are gathered for the update that follows. */
  private dispatches(batches: readonly TrainingBatch[]): readonly (readonly TrainingBatch[])[] {
    if (batches.length === 0) return []
    return this.sessions.isLoop && !this.sessions.update ? [batches] : batches.map((batch) => [batch])
  }

  private async runSteps(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    const { accumulation, training } = this.compiled
    const { step, update, isLoop } = this.sessions
    const parts = batches.flatMap((batch) => partsOf(this.compiled, batch))
    const results: StepResult[] = []
    for (const group of isLoop ? [parts] : parts.map((part) => [part]))
      results.push(...(await this.run(step, training, group, isLoop)))
    if (!accumulation || !update) return results
    const [last] = await this.run(update, accumulation.update, parts.slice(0, 1), false)
    return [joinResults(results, last?.gradientNorm ?? Number.NaN)]
  }

  /** Runs `program` once for each part, in one call, and keeps the next state. */
  private async run(
    session: OnnxSession,
    program: TensorProgram,
    parts: readonly BatchPart[],
    isLoop: boolean,
  ): Promise<readonly StepResult[]> {
    const leading = isLoop ? [parts.length] : []
    const feeds: Record<string, Tensor> = { ...this.buffers.feeds(statesOf(program)) }
    for (const input of program.inputs) if (!isState(input)) feeds[input.name] = this.stepInput(input, parts, leading)
    if (isLoop) feeds['steps'] = this.tensor('int64', BigInt64Array.of(BigInt(parts.length)), [])
    const results = this.resultTensors(program, leading)
    const next = nextStates(program)
    await session.run(feeds, { ...this.buffers.fetches(next), ...results })
    this.buffers.swap(next)
    const value = (name: string, index: number) => (results[name] ? floats(results, name)[index] : undefined)
    return parts.map((_, index) => ({
      loss: value('loss', index) ?? Number.NaN,
      correct: value('correct', index) ?? Number.NaN,
      gradientNorm: value('gradientNorm', index) ?? Number.NaN,
    }))
  }

  private stepInput(input: ProgramInput, batches: readonly BatchPart[], leading: readonly number[]): Tensor {
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

function stepsOfCall({ input, batchSize }: CompiledTraining): number {
  const bytes = 4 * elementCount([batchSize, input.channels, input.height, input.width])
  return Math.max(1, Math.min(mostSteps, Math.floor(mostBatchBytes / bytes)))
}

async function chooseLowerer(
  { training, accumulation, precision }: CompiledTraining,
  lowering: OnnxPlace['lowering'],
  threads: number,
): Promise<ProgramLowerer> {
  if (precision === 'mixed_float16') return mixedLowerer
  const block = lowering === 'plain' ? undefined : await detectBlockSize()
  if (block === undefined) return plainLowerer
  const ofTraining = planLayouts(training, block)
  // The update tells that sums and optimizer state lie as their weights do.
  const layouts = accumulation
    ? new Map([...ofTraining, ...planLayouts(accumulation.update, block, ofTraining)])
    : ofTraining
  return blockedLowerer(layouts, { block, threads })
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

function floats(results: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const data = results[name]?.data
  if (!(data instanceof Float32Array)) throw new Error(`there is no result ${name}`)
  return data
}
