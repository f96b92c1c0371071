/** Training and evaluation of one compiled network, op by op on TensorFlow's kernels; the state stays in TensorFlow's tensors. */
import type { ProgramInput, TensorProgram } from '../../../experiments/ops/program.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { CompiledTraining, StateTensor } from '../../compiler/compiled-training.ts'
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
import { ImageTensor } from './image-tensor.ts'
import { runProgram } from './run-program.ts'
import type { Tf } from './tf.ts'

export class TensorflowSession implements TrainingSession {
  readonly batchSize: number
  readonly device: string
  readonly stepsPerDispatch = 1
  private readonly tf: Tf
  private readonly compiled: CompiledTraining
  private readonly seed: number
  /** With the sums of gradients, which are zero between steps and in no checkpoint. */
  private readonly state = new Map<string, ImageTensor>()

  constructor(tf: Tf, compiled: CompiledTraining, { state, seed }: SessionOptions, device: string) {
    if (compiled.precision !== 'float32') {
      throw new StudioError(
        'unsupported-operation',
        `TensorFlow.js has no float16: ${compiled.name} cannot be trained with the precision ${compiled.precision} here; take float32, or the engine onnxruntime`,
        { precision: compiled.precision },
      )
    }
    checkState(compiled.state, state)
    this.tf = tf
    this.compiled = compiled
    this.batchSize = compiled.batchSize
    this.seed = seed
    this.device = device
    for (const entry of compiled.state) this.put(entry, state.get(entry.name) ?? new Float32Array())
    for (const entry of compiled.accumulation?.sums ?? []) this.put(entry, new Float32Array(elementCount(entry.shape)))
  }

  async train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]> {
    for (const batch of batches) checkBatch(this.compiled, batch)
    const results: StepResult[] = []
    for (const batch of batches) results.push(await this.step(batch))
    return results
  }

  evaluate(batch: EvaluationBatch): Promise<EvaluationResult> {
    return evaluateParts(this.compiled, batch, async ({ images, labels }) => {
      const part = { images, labels, step: 0, part: 0, learningRate: 0 }
      const results = await this.run(this.compiled.evaluation, part)
      const floats = (name: string) => results.get(name) ?? new Float32Array()
      return { losses: floats('losses'), correct: floats('correct'), logits: floats('logits') }
    })
  }

  async readState(): Promise<TrainingState> {
    const state = new Map<string, Float32Array>()
    for (const { name } of this.compiled.state) state.set(name, await valuesOf(this.tensor(name)))
    return state
  }

  writeState(state: TrainingState): Promise<void> {
    checkState(this.compiled.state, state)
    for (const entry of this.compiled.state) this.put(entry, state.get(entry.name) ?? new Float32Array())
    return Promise.resolve()
  }

  dispose(): Promise<void> {
    for (const tensor of this.state.values()) tensor.dispose()
    this.state.clear()
    return Promise.resolve()
  }

  private async step(batch: TrainingBatch): Promise<StepResult> {
    const { training, accumulation } = this.compiled
    const parts: { loss: number; correct: number }[] = []
    let last: ReadonlyMap<string, Float32Array> = new Map()
    for (const part of partsOf(this.compiled, batch)) {
      last = await this.run(training, part)
      parts.push({ loss: scalar(last, 'loss'), correct: scalar(last, 'correct') })
    }
    if (accumulation) last = await this.run(accumulation.update, { ...batch, part: 0 })
    return joinResults(parts, scalar(last, 'gradientNorm'))
  }

  /** Runs once, keeps the next state, and returns the results. */
  private async run(program: TensorProgram, part: BatchPart): Promise<ReadonlyMap<string, Float32Array>> {
    const fresh = new Map<string, ImageTensor>()
    for (const input of program.inputs) if (!this.state.has(input.name)) fresh.set(input.name, this.input(input, part))
    const outputs = runProgram(this.tf, program, new Map([...this.state, ...fresh]))
    const results = new Map<string, Float32Array>()
    for (const { name, role } of program.outputs) {
      const tensor = outputs.get(name)
      if (!tensor || role !== 'result') continue
      results.set(name, await valuesOf(tensor))
    }
    this.advance(program, outputs)
    for (const tensor of fresh.values()) tensor.dispose()
    return results
  }

  /** The next state takes the place of the old one; whatever else came out is disposed of. */
  private advance(program: TensorProgram, outputs: ReadonlyMap<string, ImageTensor>): void {
    const old = new Set(this.state.values())
    for (const { name, role } of program.outputs) {
      const tensor = outputs.get(name)
      if (tensor && role !== 'result') this.state.set(name, tensor)
    }
    const kept = new Set(this.state.values())
    for (const tensor of new Set([...old, ...outputs.values()])) if (!kept.has(tensor)) tensor.dispose()
  }

  private input(input: ProgramInput, part: BatchPart): ImageTensor {
    const { dtype, shape } = input.value.type
    const values = stepInput(input, part, this.seed)
    return ImageTensor.of(this.tf, this.tf.tensor(values.slice(0, elementCount(shape)), [...shape], dtype))
  }

  private put({ name, shape }: StateTensor, values: Float32Array): void {
    this.state.get(name)?.dispose()
    this.state.set(name, ImageTensor.of(this.tf, this.tf.tensor(values.slice(), [...shape], 'float32')))
  }

  private tensor(name: string): ImageTensor {
    const tensor = this.state.get(name)
    if (!tensor) throw new Error(`there is no state ${name}`)
    return tensor
  }
}

/** A copy. */
async function valuesOf(tensor: ImageTensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.first.data())
}

function scalar(results: ReadonlyMap<string, Float32Array>, name: string): number {
  return results.get(name)?.[0] ?? Number.NaN
}
