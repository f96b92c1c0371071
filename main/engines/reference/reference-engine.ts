/**
 * The reference as an engine: every op by its definition, in float64, on one thread. It is far too slow to train with; it is what other
 * engines must agree with, and runs wherever JavaScript runs. The state is kept in float32, so that a resumed run is exact.
 */
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { ProgramInput } from '../../../experiments/ops/program.ts'
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
import { checkBatch, stepInput } from '../step-inputs.ts'
import type { ReferenceTensor } from './reference-tensor.ts'
import { runProgram } from './run-program.ts'

export function createReferenceEngine(): Engine {
  const device = { id: 'cpu', title: 'CPU', available: true, reason: '' }
  return {
    id: 'reference',
    describe: () =>
      Promise.resolve({
        id: 'reference',
        title: 'Reference',
        version: '1',
        available: true,
        reason: '',
        devices: [device],
      }),
    createSession: (compiled, options) => Promise.resolve(new ReferenceSession(compiled, options)),
  }
}

class ReferenceSession implements TrainingSession {
  readonly batchSize: number
  readonly device = 'cpu'
  readonly stepsPerDispatch = 1
  private readonly compiled: CompiledTraining
  private readonly seed: number
  private state: TrainingState

  constructor(compiled: CompiledTraining, { state, seed }: SessionOptions) {
    checkState(compiled.state, state)
    this.compiled = compiled
    this.batchSize = compiled.batchSize
    this.seed = seed
    this.state = copyOf(state)
  }

  train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    return Promise.resolve(batches.map((batch) => this.step(batch)))
  }

  evaluate({ images, labels, count }: EvaluationBatch): Promise<EvaluationResult> {
    checkBatch(this.compiled, { images, labels })
    const { evaluation, classes } = this.compiled
    const batch = { images, labels, step: 0, learningRate: 0 }
    const outputs = runProgram(evaluation, this.inputs(evaluation.inputs, batch))
    const floats = (name: string, length: number) =>
      Float32Array.from(outputs.get(name)?.data.subarray(0, length) ?? [])
    return Promise.resolve({
      losses: floats('losses', count),
      correct: floats('correct', count),
      logits: floats('logits', count * classes),
    })
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

  private step(batch: TrainingBatch): StepResult {
    checkBatch(this.compiled, batch)
    const { training } = this.compiled
    const outputs = runProgram(training, this.inputs(training.inputs, batch))
    this.state = new Map([...this.state].map(([name, values]) => [name, nextValues(outputs.get(name), values)]))
    const scalar = (name: string) => outputs.get(name)?.data[0] ?? Number.NaN
    return { loss: scalar('loss'), correct: scalar('correct'), gradientNorm: scalar('gradientNorm') }
  }

  private inputs(inputs: readonly ProgramInput[], batch: TrainingBatch): ReadonlyMap<string, ReferenceTensor> {
    return new Map(
      inputs.map((input) => {
        const { shape } = input.value.type
        const values = this.state.get(input.name) ?? stepInput(input, batch, this.seed)
        return [input.name, { shape, data: Float64Array.from(values.subarray(0, elementCount(shape))) }]
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
