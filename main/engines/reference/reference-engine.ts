/**
 * The reference as an engine: every op by its definition, in float64, on one thread. It is far too slow to train with; it is what other
 * engines must agree with, and runs wherever JavaScript runs. The state is kept in float32, so that a resumed run is exact.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { halfValues } from '../../../experiments/ops/half-values.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { ProgramInput, TensorProgram } from '../../../experiments/ops/program.ts'
import type { CompiledTraining } from '../../compiler/compiled-training.ts'
import type { TrainingState } from '../../compiler/initialise-weights.ts'
import { checkState } from '../check-state.ts'
import type {
  Engine,
  EvaluationBatch,
  EvaluationResult,
  SessionOptions,
  StepResult,
  TrainingBatch,
  TrainingSession,
} from '../engine.ts'
import { checkBatch, evaluateParts, joinResults, partsOf, stepInput, type BatchPart } from '../step-inputs.ts'
import type { ReferenceTensor } from './reference-tensor.ts'
import { runProgram } from './run-program.ts'

export function createReferenceEngine(): Engine {
  const device = { id: 'cpu', title: 'CPU', available: true, reason: '' }
  return {
    id: 'reference',
    title: 'Reference',
    needsProbe: false,
    version: () => '1',
    describe: () =>
      Promise.resolve({
        id: 'reference',
        title: 'Reference',
        version: '1',
        available: true,
        reason: '',
        devices: [device],
      }),
    createSession: async (compiled, options) => {
      if (options.device !== undefined && options.device !== device.id)
        throw new StudioError('engine-unavailable', `the reference has no device "${options.device}"`, {})
      return new ReferenceSession(compiled, options)
    },
  }
}

class ReferenceSession implements TrainingSession {
  readonly batchSize: number
  readonly device = 'cpu'
  readonly stepsPerDispatch = 1
  private readonly compiled: CompiledTraining
  private readonly seed: number
  private state: TrainingState
  /** Of gradients, zero between steps. */
  private sums: TrainingState

  constructor(compiled: CompiledTraining, { state, seed }: SessionOptions) {
    checkState(compiled.state, state)
    this.compiled = compiled
    this.batchSize = compiled.batchSize
    this.seed = seed
    this.state = copyOf(state)
    this.sums = new Map(
      compiled.accumulation?.sums.map(({ name, shape }) => [name, new Float32Array(elementCount(shape))]),
    )
  }

  train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    return Promise.resolve(batches.map((batch) => this.step(batch)))
  }

  evaluate(batch: EvaluationBatch): Promise<EvaluationResult> {
    return evaluateParts(this.compiled, batch, (part) => Promise.resolve(this.evaluatePart(part)))
  }

  readState(): Promise<TrainingState> {
    return Promise.resolve(copyOf(this.state))
  }

  writeState(state: TrainingState): Promise<void> {
    checkState(this.compiled.state, state)
    this.state = copyOf(state)
    return Promise.resolve()
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }

  private evaluatePart({ images, labels, count }: EvaluationBatch): EvaluationResult {
    const { evaluation, classes } = this.compiled
    const part = { images, labels, step: 0, part: 0, learningRate: 0 }
    const outputs = runProgram(evaluation, this.inputs(evaluation.inputs, part), this.half(evaluation))
    const floats = (name: string, length: number) =>
      Float32Array.from(outputs.get(name)?.data.subarray(0, length) ?? [])
    return {
      losses: floats('losses', count),
      correct: floats('correct', count),
      logits: floats('logits', count * classes),
    }
  }

  private step(batch: TrainingBatch): StepResult {
    const { compiled } = this
    checkBatch(compiled, batch)
    const parts = partsOf(compiled, batch).map((part) => this.run(compiled.training, part))
    const last = compiled.accumulation ? this.run(compiled.accumulation.update, { ...batch, part: 0 }) : parts[0]
    return joinResults(parts, last?.gradientNorm ?? Number.NaN)
  }

  /** Runs once, and keeps the next state. */
  private run(program: TensorProgram, part: BatchPart): StepResult {
    const outputs = runProgram(program, this.inputs(program.inputs, part), this.half(program))
    const next = (state: TrainingState): TrainingState =>
      new Map([...state].map(([name, values]) => [name, nextValues(outputs.get(name), values)]))
    this.state = next(this.state)
    this.sums = next(this.sums)
    const scalar = (name: string) => outputs.get(name)?.data[0] ?? Number.NaN
    return { loss: scalar('loss'), correct: scalar('correct'), gradientNorm: scalar('gradientNorm') }
  }

  private half(program: TensorProgram): ReadonlySet<number> | undefined {
    return this.compiled.precision === 'mixed_float16' ? halfValues(program) : undefined
  }

  private inputs(inputs: readonly ProgramInput[], part: BatchPart): ReadonlyMap<string, ReferenceTensor> {
    return new Map(
      inputs.map((input) => {
        const { name, value } = input
        const { shape } = value.type
        const values = this.state.get(name) ?? this.sums.get(name) ?? stepInput(input, part, this.seed)
        return [name, { shape, data: Float64Array.from(values.subarray(0, elementCount(shape))) }]
      }),
    )
  }
}

function nextValues(next: ReferenceTensor | undefined, current: Float32Array): Float32Array {
  return next ? Float32Array.from(next.data) : current
}

function copyOf(state: TrainingState): TrainingState {
  return new Map([...state].map(([name, values]) => [name, values.slice()]))
}
