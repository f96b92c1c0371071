/**
 * Says how many trials of an experiment should train at a time on this machine, from what it measures now: which cores are idle, and how fast the
 * network trains with fewer threads. A trainer process measures; the service goes on meanwhile.
 */
import os from 'node:os'
import { processorDevice } from '../../experiments/engines/device-request.ts'
import {
  adviseParallel,
  parallelCandidates,
  threadsOfEach,
  type ParallelAdvice,
} from '../../experiments/tuning/parallel-advice.ts'
import { prepareRun, type PreparationPlace } from '../queue/prepare-run.ts'
import { askProcess } from '../processes/ask-process.ts'
import type { ProcessCommand } from '../processes/process-command.ts'
import type { NewRun } from '../store/run-table.ts'
import { threadRates, type ToTrainer, type TrainerJob } from '../trainer/trainer-protocol.ts'
import { measureIdleCores } from './idle-cores.ts'

/** A network that needs longer fills the cores, whatever they are. */
const mostMeasuringMs = 30_000

export interface ParallelAdviserOptions {
  readonly place: PreparationPlace
  readonly trainer: ProcessCommand
  readonly studio: TrainerJob['studio']
  readonly measureIdle?: () => Promise<number>
}

export class ParallelAdviser {
  private readonly options: ParallelAdviserOptions
  /** By network, batch and data: rates do not change while the studio runs. */
  private readonly measured = new Map<string, Promise<readonly number[] | undefined>>()
  private readonly cores = os.availableParallelism()

  constructor(options: ParallelAdviserOptions) {
    this.options = options
  }

  /** @throws StudioError with every problem of the experiment */
  async advise(experiment: unknown): Promise<ParallelAdvice> {
    const { place, measureIdle = measureIdleCores } = this.options
    const { cores } = this
    const { run } = await prepareRun(experiment, place)
    const { batchSize, epochs } = run.spec.train
    const imagesPerEpoch = (run.steps / epochs) * batchSize
    if (run.device !== processorDevice) {
      return { parallel: 1, reason: 'other-device', cores, idleCores: null, rates: [], imagesPerEpoch }
    }
    const machine = { cores, idleCores: await measureIdle(), imagesPerEpoch }
    const first = adviseParallel(machine, undefined)
    // On a busy machine a measurement would say nothing.
    if (first.reason !== 'unmeasured') return first
    const key = run.cost?.networkHash ?? ''
    const measuring = this.measured.get(key) ?? this.measure(run)
    this.measured.set(key, measuring)
    const rates = await measuring
    if (rates === undefined) this.measured.delete(key)
    return adviseParallel(machine, rates)
  }

  private measure({ spec, document, engine, device = processorDevice }: NewRun) {
    const { place, studio } = this.options
    const job: TrainerJob = {
      ...{ run: 1, home: place.home, spec, document, experiment: 'measurement', engine, device, studio },
      ...{ threads: null, checkpointFolder: '', checkpoints: [], pauseAfterEpoch: null },
    }
    const threads = parallelCandidates(this.cores).map((parallel) => threadsOfEach(this.cores, parallel))
    return this.ask({ type: 'measureThreads', job, threads })
  }

  /** Undefined where the process ends without an answer: the sweep then goes one at a time, and a training says what is wrong. */
  private async ask(message: ToTrainer): Promise<readonly number[] | undefined> {
    const answer = await askProcess(this.options.trainer, { message, limitMs: mostMeasuringMs })
    return answer.kind === 'message' ? threadRates.safeParse(answer.message).data?.imagesPerSecond : undefined
  }
}
