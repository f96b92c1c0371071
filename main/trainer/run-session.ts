/** A training session of one run: the compiled network on its engine, fed from the run's data through buffers made once. */
import os from 'node:os'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import type { RunEnvironment } from '../../experiments/runs/run-record.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import type { CompiledTraining } from '../compiler/compiled-training.ts'
import { initialState, type TrainingState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import { mixesLabels } from '../../experiments/augmentation/mixes-labels.ts'
import type { ExampleBatch } from '../datasets/batch-filler.ts'
import type { BatchReader } from '../datasets/batch-reader.ts'
import type { Engine, StepResult, TrainingBatch, TrainingSession } from '../engines/engine.ts'
import { engineNamed } from '../engines/registry.ts'
import { systemFiles } from '../files/file-operations.ts'
import { readPinnedWeights } from '../weights/pinned-weights.ts'
import { isFrozen, isTaken, startPlanOf, type StartPlan } from '../weights/start-weights.ts'
import type { TrainerJob } from './trainer-protocol.ts'

export interface DatasetShape {
  readonly input: ImageSize
  readonly classes: number
}

/** The next steps: one for each batch. */
export interface StepRequest {
  readonly batches: readonly ExampleBatch[]
  /** Number of the first step in the run, from 0. */
  readonly step: number
  readonly learningRates: readonly number[]
}

export class RunSession {
  readonly stepsPerDispatch: number
  /** Number of weights. */
  readonly parameters: number
  /** All that reproduces the run, but for its dataset. */
  readonly environment: Omit<RunEnvironment, 'datasetFingerprint'>
  private readonly compiled: CompiledTraining
  private readonly session: TrainingSession
  private readonly buffer: { readonly images: Float32Array; readonly labels: Int32Array }

  constructor(
    compiled: CompiledTraining,
    session: TrainingSession,
    environment: Omit<RunEnvironment, 'datasetFingerprint'>,
  ) {
    const { height, width, channels } = compiled.input
    this.compiled = compiled
    this.session = session
    this.environment = environment
    this.stepsPerDispatch = session.stepsPerDispatch
    this.parameters = weightsOf(compiled).reduce((sum, { shape }) => sum + elementCount(shape), 0)
    this.buffer = {
      images: new Float32Array(compiled.batchSize * channels * height * width),
      labels: new Int32Array(compiled.batchSize),
    }
  }

  train({ batches, step, learningRates }: StepRequest): Promise<readonly StepResult[]> {
    return this.session.train(
      batches.map((batch, index): TrainingBatch => {
        return { ...batch, step: step + index, learningRate: learningRates[index] as number }
      }),
    )
  }

  /** Sums over all `examples`, each counted once; `turn` is awaited between batches. */
  async evaluate(
    reader: BatchReader,
    examples: Uint32Array,
    turn: () => Promise<void>,
  ): Promise<{ loss: number; correct: number }> {
    const { batchSize } = this.compiled
    const { images, labels } = this.buffer
    const sums = { loss: 0, correct: 0 }
    for (let start = 0; start < examples.length; start += batchSize) {
      await turn()
      const count = Math.min(batchSize, examples.length - start)
      reader.fill(examples, start, count, images, labels)
      const result = await this.session.evaluate({ images, labels, count })
      for (let i = 0; i < count; i++) {
        sums.loss += result.losses[i] as number
        sums.correct += result.correct[i] as number
      }
    }
    return sums
  }

  /** Weights, statistics and optimizer state, in the order of the compiled network. */
  async readState(): Promise<NamedTensor[]> {
    const state = await this.session.readState()
    return this.compiled.state.map(({ name, shape }) => {
      const data = state.get(name)
      if (data === undefined) throw new Error(`the engine has no state ${name}`)
      return { name, shape, data }
    })
  }

  /** What makes predictions: the state without that of the optimizer. */
  async readWeights(): Promise<NamedTensor[]> {
    const names = new Set(this.compiled.state.filter(({ kind }) => kind !== 'optimizer').map(({ name }) => name))
    return (await this.readState()).filter(({ name }) => names.has(name))
  }

  /** Throws `shape-mismatch`, `missing-value` or `unknown-key` when it is of another network or optimizer. */
  writeState(tensors: readonly NamedTensor[]): Promise<void> {
    return this.session.writeState(new Map(tensors.map(({ name, data }) => [name, data])))
  }

  /** Of what a checkpoint holds. */
  get stateBytes(): number {
    return this.compiled.state.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0)
  }

  dispose(): Promise<void> {
    return this.session.dispose()
  }
}

/**
 * Compiles the job's network for the dataset and opens it on the job's engine, with the weights that the run begins with.
 * @param isResumed its weights come from a checkpoint afterwards
 * @param inherited state of another run that takes the place of what has the same name and size
 */
export async function openSession(
  job: TrainerJob,
  dataset: DatasetShape,
  isResumed: boolean,
  inherited: readonly NamedTensor[] = [],
): Promise<RunSession> {
  const { spec } = job
  const document = parseNetworkDocumentOrThrow(job.document)
  const plan = startPlanOf(spec, document)
  const compiled = compileTraining(document, {
    ...spec.train,
    microBatch: job.microBatch ?? spec.train.microBatch,
    dataset,
    mixesLabels: mixesLabels(spec.data.augment ?? []),
    ...(plan && { frozen: (node) => isFrozen(plan, node) }),
  })
  // What a checkpoint takes the place of need not be drawn: of ResNet-18 that is three seconds at each rung of a sweep.
  const drawn = isResumed ? blankState(compiled) : initialState(compiled.state, spec.seed)
  const start = plan && !isResumed ? withStartWeights(drawn, compiled, plan, job.home) : drawn
  const engine = engineNamed(job.engine, job.home)
  const threads = job.threads ?? os.availableParallelism()
  const session = await engine.createSession(compiled, {
    state: withInherited(start, compiled, inherited),
    seed: spec.seed,
    threads,
    ...(job.device !== undefined && { device: job.device }),
  })
  return new RunSession(compiled, session, environmentOf(job, engine, session.device, threads))
}

function blankState({ state }: CompiledTraining): TrainingState {
  return new Map(state.map(({ name, shape }) => [name, new Float32Array(elementCount(shape))]))
}

/** What was checked when the run was queued is taken as it is; the engine compares the sizes once more. */
function withStartWeights(
  drawn: TrainingState,
  compiled: CompiledTraining,
  plan: StartPlan,
  home: string,
): TrainingState {
  const { sha256 } = plan.start
  if (sha256 === undefined) throw new Error('a run with start weights was queued without their checksum')
  const state = new Map(drawn)
  const wanted = new Set(compiled.state.filter(({ kind }) => kind !== 'optimizer').map(({ name }) => name))
  for (const { name, data } of readPinnedWeights(systemFiles, home, sha256)) {
    const node = name.slice(0, name.lastIndexOf('.'))
    if (wanted.has(name) && isTaken(plan, node)) state.set(name, data)
  }
  return state
}

/** An optimizer or a layer that the other run did not have begins as it always does. */
function withInherited(
  state: TrainingState,
  compiled: CompiledTraining,
  inherited: readonly NamedTensor[],
): TrainingState {
  if (inherited.length === 0) return state
  const shapes = new Map(compiled.state.map(({ name, shape }) => [name, shape]))
  const fitting = inherited.filter(({ name, shape }) => shapes.get(name)?.join() === shape.join())
  return new Map([...state, ...fitting.map(({ name, data }) => [name, data] as const)])
}

function environmentOf(
  job: TrainerJob,
  engine: Engine,
  device: string,
  threads: number,
): Omit<RunEnvironment, 'datasetFingerprint'> {
  return {
    studio: job.studio.version,
    commit: job.studio.commit,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    engine: engine.id,
    engineVersion: engine.version(),
    device,
    threads,
  }
}

function weightsOf(compiled: CompiledTraining) {
  return compiled.state.filter(({ kind }) => kind === 'weight')
}
