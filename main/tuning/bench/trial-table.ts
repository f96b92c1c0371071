/**
 * Trainings of a sweep's configurations, each trained once however many searchers ask for it: what a training reports is a function of its
 * experiment, so searchers can be compared over many seeds for the price of the configurations that any of them tries. A longer
 * training goes on from the checkpoint of the shorter one, as a promoted trial does.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { analyzeNetwork } from '../../../experiments/analysis/analyze-network.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { parseNetworkDocumentOrThrow } from '../../../experiments/network/parse-network-document.ts'
import type { EpochResult } from '../../../experiments/runs/run-record.ts'
import { parseExperimentSpec, type ExperimentSpec } from '../../../experiments/spec/experiment-spec.ts'
import {
  configurationKey,
  type Configuration,
  type SearchSpace,
} from '../../../experiments/tuning/space/search-space.ts'
import type { SweepSpec } from '../../../experiments/tuning/sweep-spec.ts'
import { systemFiles } from '../../files/file-operations.ts'
import { trainRun } from '../../trainer/train-run.ts'
import type { FromTrainer, TrainerJob } from '../../trainer/trainer-protocol.ts'
import { trialExperiment } from '../trial-experiment.ts'

const trainedTrial = z.object({
  /** On what is held out, by epoch from 1. */
  accuracy: z.array(z.number()),
  loss: z.array(z.number()),
  /** Of one example, forward. */
  multiplyAdds: z.number(),
  /** Code of the error that ended it. */
  failure: z.string().nullable(),
  checkpoints: z.array(z.object({ file: z.string(), sha256: z.string() })),
})
export type TrainedTrial = z.output<typeof trainedTrial>

export interface TrialTableOptions {
  /** Where trainings are kept; a second table on the same folder knows them. */
  readonly folder: string
  /** Home folder of the datasets. */
  readonly home: string
  /** Its experiment is what configurations vary; its learning rate must not depend on the length of the training. */
  readonly spec: SweepSpec
  /** The only epochs after which the held-out images are looked at; those between repeat what was seen last. Default: each. */
  readonly evaluateAfter?: readonly number[] | undefined
}

const untrained: TrainedTrial = { accuracy: [], loss: [], multiplyAdds: 0, failure: null, checkpoints: [] }

export class TrialTable {
  /** Epochs that were really trained. */
  trainedEpochs = 0
  private readonly options: TrialTableOptions
  private readonly known = new Map<string, TrainedTrial>()

  constructor(options: TrialTableOptions) {
    this.options = options
  }

  /** A training that failed has fewer epochs than were asked for. */
  async train(space: SearchSpace, configuration: Configuration, epochs: number): Promise<TrainedTrial> {
    const key = configurationKey(configuration)
    const known = this.known.get(key)
    if (known !== undefined && isEnough(known, epochs)) return known
    const { spec, folder, evaluateAfter } = this.options
    const experiment = parseExperimentSpec({
      ...trialExperiment(spec, space, configuration, undefined),
      name: 'trial',
    })
    const place = join(
      folder,
      createHash('sha256').update(JSON.stringify({ experiment, evaluateAfter })).digest('hex').slice(0, 24),
    )
    const before = readTrial(place)
    const trial = isEnough(before, epochs) ? before : await this.goOn(experiment, place, before, epochs)
    this.known.set(key, trial)
    return trial
  }

  private async goOn(
    spec: ExperimentSpec,
    folder: string,
    before: TrainedTrial,
    epochs: number,
  ): Promise<TrainedTrial> {
    if (!('document' in spec.network)) throw new Error('the network of a trial is a document')
    const document = parseNetworkDocumentOrThrow(spec.network.document)
    mkdirSync(folder, { recursive: true })
    const job: TrainerJob = {
      ...{ run: 1, home: this.options.home, document: { ...document }, experiment: 'trial', engine: 'onnxruntime' },
      // A training that ends evaluates the test split, which no searcher may see: this one always pauses.
      spec: { ...spec, train: { ...spec.train, epochs: epochs + 1 } },
      ...{ threads: 1, studio: { version: 'bench', commit: null } },
      ...{ checkpointFolder: folder, checkpoints: before.checkpoints, pauseAfterEpoch: epochs },
      ...(this.options.evaluateAfter && { evaluateAfter: [...this.options.evaluateAfter] }),
    }
    const results: EpochResult[] = []
    let { checkpoints } = before
    const send = (message: FromTrainer) => {
      if (message.type === 'epoch') results.push(message.result)
      if (message.type === 'checkpoint') checkpoints = [{ file: message.file, sha256: message.sha256 }]
    }
    const failure = await failureOf(trainRun(job, { files: systemFiles, shouldStop: false, send }))
    this.trainedEpochs += results.length
    const accuracy = [...before.accuracy]
    const loss = [...before.loss]
    for (const { validation, train } of results) {
      accuracy.push(validation?.accuracy ?? accuracy.at(-1) ?? train.accuracy)
      loss.push(validation?.loss ?? loss.at(-1) ?? train.loss)
    }
    const trial: TrainedTrial = {
      accuracy,
      loss,
      ...{ multiplyAdds: analyzeNetwork(document).macs, failure, checkpoints },
    }
    writeFileSync(join(folder, 'trial.json'), JSON.stringify(trial))
    for (const file of readdirSync(folder)) {
      if (file !== 'trial.json' && !checkpoints.some((kept) => kept.file === file)) rmSync(join(folder, file))
    }
    return trial
  }
}

function isEnough({ accuracy, failure }: TrainedTrial, epochs: number): boolean {
  return accuracy.length >= epochs || failure !== null
}

function readTrial(folder: string): TrainedTrial {
  const file = join(folder, 'trial.json')
  return existsSync(file) ? trainedTrial.parse(JSON.parse(readFileSync(file, 'utf8'))) : untrained
}

/** A loss that is no number is a result like any other; everything else that goes wrong is not. */
async function failureOf(training: Promise<FromTrainer>): Promise<string | null> {
  try {
    await training
    return null
  } catch (error) {
    if (error instanceof StudioError && error.code === 'loss-not-finite') return error.code
    throw error
  }
}
