/**
 * What every engine offers: something that runs compiled training programs on a device. The state of a run (weights, statistics,
 * optimizer state) goes in and out by name, so that a run can be saved, resumed, and continued on another engine.
 */
import type { Float16Support } from '../../experiments/engines/engine-report.ts'
import type { CompiledTraining } from '../compiler/compiled-training.ts'
import type { TrainingState } from '../compiler/initialise-weights.ts'

export interface EngineDevice {
  /** What experiments and jobs name: `cpu`, `webgpu`, `cuda:1`. Of one card, the same in all engines that tell cards apart. */
  readonly id: string
  readonly title: string
  /** Of its own, as a whole, where it is known. */
  readonly memoryBytes?: number
  /** How it does mixed precision, where it can be used. */
  readonly float16?: Float16Support
  readonly available: boolean
  /** Why it cannot be used here. Empty when it can. */
  readonly reason: string
}

/** What an engine says of itself on this machine: `doctor` and the settings show it. */
export interface EngineDescription {
  readonly id: string
  readonly title: string
  readonly version: string
  readonly available: boolean
  /** Why it cannot be used here, and what would help. Empty when it can. */
  readonly reason: string
  readonly devices: readonly EngineDevice[]
}

export interface Engine {
  readonly id: string
  readonly title: string
  /** `describe` loads what may end or hang the process, such as a graphics driver: it is asked in a process of its own. */
  readonly needsProbe: boolean
  /** Absent for an engine that is part of the studio; else whether it is installed in the home folder. */
  install?(): { readonly installed: boolean }
  /** Of what is installed, without loading it. Empty when nothing is. */
  version(): string
  /** Looks at this machine; does not throw. */
  describe(): Promise<EngineDescription>
  /**
   * Opens a session that holds `state` on a device.
   * @throws StudioError `engine-unavailable`, `unsupported-operation` or `engine-failed`
   */
  createSession(compiled: CompiledTraining, options: SessionOptions): Promise<TrainingSession>
}

export interface SessionOptions {
  /** Complete: a value for every tensor of `compiled.state`. */
  readonly state: TrainingState
  /** Seed of what is drawn while training, such as dropout. */
  readonly seed: number
  /** Threads of the CPU. Part of what makes losses reproducible. Default: the number of cores. */
  readonly threads?: number
  /** Steps per call of the runtime: 1, or more where the engine can. Default: what is fastest. The results are the same. */
  readonly stepsPerDispatch?: number
  /** Id of a device. Default: the engine's first available one. */
  readonly device?: string
}

export interface TrainingBatch {
  /** Number of the step in the run, from 0: names the random numbers it draws. */
  readonly step: number
  /** [N, channels, height, width], row-major. */
  readonly images: Float32Array
  /** Class indices [N]. */
  readonly labels: Int32Array
  /** Where the program mixes labels: the class of what an example is mixed with [N], and its own share [N]. */
  readonly mixedLabels?: Int32Array
  readonly labelShares?: Float32Array
  readonly learningRate: number
}

export interface StepResult {
  /** Mean over the batch, before the update. */
  readonly loss: number
  /** Examples of the batch that were classified correctly. */
  readonly correct: number
  /** Euclidean norm over all gradients. */
  readonly gradientNorm: number
}

export interface EvaluationBatch {
  /** Of N examples, those after the first `count` are not looked at. */
  readonly images: Float32Array
  readonly labels: Int32Array
  readonly count: number
}

export interface EvaluationResult {
  /** Per example. */
  readonly losses: Float32Array
  /** Per example 1 where the class was right, else 0. */
  readonly correct: Float32Array
  /** [count, classes] */
  readonly logits: Float32Array
}

export interface TrainingSession {
  readonly batchSize: number
  readonly device: string
  /** How many steps `train` best gets at once; any other number gives the same results. */
  readonly stepsPerDispatch: number
  /** Trains one step per batch, in order. The batches may be reused once this has returned. */
  train(batches: readonly TrainingBatch[]): Promise<readonly StepResult[]>
  evaluate(batch: EvaluationBatch): Promise<EvaluationResult>
  /**
   * Seconds that what a step sends to the device and reads from it takes alone, with nothing else to do there; absent where the device is
   * the processor. In training the way of a batch overlaps with the step before it.
   */
  timeTransfers?(batch: TrainingBatch): Promise<number>
  /** A copy of the whole state. */
  readState(): Promise<TrainingState>
  /** Replaces the whole state. @throws StudioError `shape-mismatch` or `missing-value` when it is of another network */
  writeState(state: TrainingState): Promise<void>
  dispose(): Promise<void>
}
