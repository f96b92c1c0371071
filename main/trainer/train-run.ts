/**
 * Trains one run from its first step, or from a checkpoint, to its end. The losses depend on specification, document, engine and thread
 * count alone: order of examples and initial weights are functions of the seed, and a checkpoint holds everything else.
 */
import { setImmediate } from 'node:timers/promises'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { EndedEarly, LossAndAccuracy } from '../../experiments/runs/run-record.ts'
import { learnImprovement, stopsEarly } from '../../experiments/schedules/early-stopping.ts'
import {
  addRateChange,
  learningRateAt,
  learnFromEpoch,
  withRateChanges,
  type RateChange,
} from '../../experiments/schedules/learning-rate.ts'
import {
  readCheckpoint,
  readNewestCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type CheckpointReference,
  type RejectedCheckpoint,
} from '../checkpoints/checkpoint-file.ts'
import { emptyEpochSums, firstPosition, type TrainingPosition } from '../checkpoints/training-position.ts'
import {
  hasExploded,
  smoothedLoss,
  smoothLoss,
  type SmoothedLoss,
} from '../../experiments/tuning/answers/learning-rate-range.ts'
import type { FileOperations } from '../files/file-operations.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { renameTensors } from '../weights/rename-tensors.ts'
import { BatchStream } from './batch-stream.ts'
import { findNonFinite, type NonFinite } from './find-non-finite.ts'
import { openSession, type DatasetShape, type RunSession } from './run-session.ts'
import { RunReporter } from './run-reporter.ts'
import { openTrainingData, type HeldOut, type TrainingData } from './training-data.ts'
import type { FromTrainer, TrainerJob } from './trainer-protocol.ts'
import { weightsSha256 } from './weights-hash.ts'

/** What surrounds a training: where it reports to, and who may ask it to stop. */
export interface TrainerHost {
  readonly files: FileOperations
  readonly send: (message: FromTrainer) => void
  /** Milliseconds that never go back, for checkpoints by time; `performance.now` unless told. */
  readonly now?: () => number
  /** Looked at between dispatches. */
  shouldStop: boolean
  /** Looked at between epochs; takes the place of the job's. */
  pauseAfterEpoch?: number | null
  stopAfterEpoch?: number | null
  /** A learning rate for the next step; taken away when it was heard. */
  rateRequest?: number | undefined
}

/** Returns the last message: finished, stopped or paused. Throws a StudioError when the run fails. */
export async function trainRun(job: TrainerJob, host: TrainerHost): Promise<FromTrainer> {
  const newest = readNewestCheckpoint(host.files, job.checkpointFolder, job.checkpoints, job.experiment)
  const checkpoint = newest.found?.checkpoint
  const data = await openTrainingData(job.spec, job.home)
  const parent = checkpoint === undefined && job.branch !== undefined ? readParent(job.branch, host.files) : undefined
  const session = await openSession(job, shapeOf(data), checkpoint !== undefined, parent?.tensors)
  try {
    if (checkpoint !== undefined) await session.writeState(checkpoint.tensors)
    const first = parent ? branchPosition(job, parent.position, data.stepsPerEpoch) : firstPosition(job.spec.seed)
    const training = new Training(job, host, data, session, checkpoint?.position ?? first)
    training.announce(newest.found?.file ?? null, newest.rejected)
    const reference = job.checkpoints.find(({ file }) => file === newest.found?.file)
    await training.keepBeginning(reference && checkpoint && { ...reference, position: checkpoint.position })
    return await training.run()
  } finally {
    await session.dispose()
    await data.filler.dispose()
  }
}

/** The layers that go on under other ids take what they have learnt along. */
function readParent(branch: NonNullable<TrainerJob['branch']>, files: FileOperations): Checkpoint {
  const { folder, file, sha256, renamed } = branch
  const checkpoint = readCheckpoint(files, folder, { file, sha256 })
  return { ...checkpoint, tensors: renameTensors(checkpoint.tensors, new Map(Object.entries(renamed))) }
}

/**
 * Epochs go on counting. Steps are counted as if the run had always had its own batches, so that schedules stand where their epoch says. The
 * best epoch so far belongs to the other run.
 */
function branchPosition(job: TrainerJob, parent: TrainingPosition, stepsPerEpoch: number): TrainingPosition {
  const { epoch, stepInEpoch } = parent
  // Whether it has stopped getting better is for the branch to find out.
  const { [improvementMemory]: _, ...learnt } = parent.schedules
  const schedules = job.branch?.keepsSchedule === true ? learnt : {}
  const place = { ...firstPosition(job.spec.seed), epoch, schedules, step: epoch * stepsPerEpoch }
  // Within an epoch, the data continues only where it is the same; else the epoch begins anew.
  const isSameEpoch = stepInEpoch > 0 && parent.step === place.step + stepInEpoch && parent.seed === job.spec.seed
  return isSameEpoch ? { ...place, step: parent.step, stepInEpoch, epochSums: parent.epochSums } : place
}

function shapeOf({ dataset, input }: TrainingData): DatasetShape {
  return { input, classes: dataset.classes.length }
}

/** Where a position keeps what the learning-rate schedule remembers. */
const scheduleMemory = 'learningRate'
const improvementMemory = 'earlyStopping'
const rangeTestMemory = 'rangeTest'

/** The layer where a loss broke is looked for at most so long. */
const mostReplaySeconds = 60
/** So much state is kept from the beginning of a run until its first checkpoint. */
const mostInitialBytes = 64 * 2 ** 20

/** Where the loss of a step is no number. */
class LossNotFinite extends Error {
  readonly step: number
  readonly loss: number

  constructor(step: number, loss: number) {
    super(`the loss of step ${step} is ${loss}`)
    this.step = step
    this.loss = loss
  }
}

class Training {
  private readonly job: TrainerJob
  private readonly host: TrainerHost
  private readonly data: TrainingData
  private readonly session: RunSession
  private readonly reporter: RunReporter
  private readonly batches: BatchStream
  private position: TrainingPosition
  /** Where this process began, and the state there as long as no checkpoint holds one. */
  private readonly begin: TrainingPosition
  private initial: readonly NamedTensor[] | undefined
  /** The newest checkpoint. */
  private saved: (CheckpointReference & { readonly position: TrainingPosition }) | undefined
  /** Of a range test: its rate has become too large, which is how it ends. */
  private hasExploded = false
  private rangeTest: SmoothedLoss | undefined
  private stepsInThisProcess = 0
  private secondsInThisProcess = 0
  private rateChanges: readonly RateChange[]
  private lastCheckpoint: { readonly step: number; readonly at: number }

  constructor(job: TrainerJob, host: TrainerHost, data: TrainingData, session: RunSession, position: TrainingPosition) {
    this.job = job
    this.host = host
    this.data = data
    this.session = session
    this.position = position
    this.rangeTest = smoothedLoss.safeParse(position.schedules[rangeTestMemory]).data
    this.rateChanges = job.rateChanges ?? []
    this.lastCheckpoint = { step: position.step, at: this.now() }
    this.begin = position
    this.batches = this.batchesFrom(position, session.stepsPerDispatch)
    this.reporter = new RunReporter(host.send, {
      steps: this.steps,
      batchSize: job.spec.train.batchSize,
      stepsPerEpoch: data.stepsPerEpoch,
    })
  }

  /** Before the first step. */
  async keepBeginning(
    from: (CheckpointReference & { readonly position: TrainingPosition }) | undefined,
  ): Promise<void> {
    this.saved = from
    if (from === undefined && this.session.stateBytes <= mostInitialBytes) this.initial = await this.session.readState()
  }

  private batchesFrom(position: TrainingPosition, stepsPerDispatch: number): BatchStream {
    const { data, job } = this
    return new BatchStream(
      {
        ...{ filler: data.filler, input: data.input, stepsPerEpoch: data.stepsPerEpoch },
        ...{ batchSize: job.spec.train.batchSize, epochs: job.spec.train.epochs, stepsPerDispatch },
        order: (epoch) => data.order(epoch),
      },
      position,
    )
  }

  announce(continuedFrom: string | null, rejected: readonly RejectedCheckpoint[]): void {
    const { epoch, step, best } = this.position
    this.host.send({
      type: 'started',
      environment: {
        ...this.session.environment,
        batches: this.data.filler.implementation,
        datasetFingerprint: this.data.dataset.fingerprint,
      },
      parameters: this.session.parameters,
      steps: this.steps,
      position: { epoch, step, best },
      continuedFrom,
      rejected: [...rejected],
    })
  }

  async run(): Promise<FromTrainer> {
    const { epochs } = this.job.spec.train
    while (this.position.epoch < epochs) {
      const { pauseAfterEpoch = this.job.pauseAfterEpoch } = this.host
      const endedEarly = this.endsHere()
      if (endedEarly !== null) return this.finish(endedEarly)
      // Here, not behind the epoch: a process that was killed between checkpoint and last message is still to pause.
      if (pauseAfterEpoch !== null && this.position.epoch >= pauseAfterEpoch) return { type: 'paused' }
      await this.trainEpoch()
      if (this.hasExploded) return this.finish('early-stopping')
      if (this.host.shouldStop) {
        await this.saveCheckpoint(false)
        return { type: 'stopped' }
      }
      await this.finishEpoch()
    }
    return this.finish(null)
  }

  private async finish(endedEarly: EndedEarly | null): Promise<FromTrainer> {
    const test = this.isRangeTest ? null : await this.evaluateSoundly(this.data.test)
    if (test !== null) this.report('test', test)
    this.reporter.flush(this.at)
    return { type: 'finished', test, weightsSha256: weightsSha256(await this.session.readWeights()), endedEarly }
  }

  /** Why no epoch follows the one that is finished, if that is so. A process that was killed after its last epoch comes here again. */
  private endsHere(): EndedEarly | null {
    const { stopAfterEpoch = this.job.stopAfterEpoch ?? null } = this.host
    const { epoch, schedules } = this.position
    if (stopAfterEpoch !== null && epoch > 0 && epoch >= stopAfterEpoch) return 'user'
    const { earlyStopping } = this.job.spec.train
    return earlyStopping && stopsEarly(earlyStopping, schedules[improvementMemory]) ? 'early-stopping' : null
  }

  private get steps(): number {
    return this.data.stepsPerEpoch * this.job.spec.train.epochs
  }

  /** The epoch under way, or the last one, and the steps done. */
  private get at(): { epoch: number; step: number } {
    const { epoch, step } = this.position
    return { epoch: Math.min(epoch + 1, this.job.spec.train.epochs), step }
  }

  /** Returns at the end of the epoch, or earlier when asked to stop. */
  private async trainEpoch(): Promise<void> {
    while (this.position.stepInEpoch < this.data.stepsPerEpoch) {
      // A turn of the event loop: a stop request, or the end of the service, is noticed here.
      await setImmediate()
      if (this.host.shouldStop) return
      try {
        await this.dispatch()
        if (this.hasExploded) return
      } catch (fault) {
        if (!(fault instanceof LossNotFinite)) throw fault
        if (!this.isRangeTest) throw await this.explain(fault)
        this.hasExploded = true
        return
      }
      if (this.isCheckpointDue() && this.position.stepInEpoch < this.data.stepsPerEpoch)
        await this.saveCheckpoint(false)
    }
  }

  private now(): number {
    return this.host.now?.() ?? performance.now()
  }

  /** Beside those at the end of epochs. */
  private isCheckpointDue(): boolean {
    const { everySteps = Infinity, everyMinutes = Infinity } = this.job.spec.checkpoints ?? {}
    const minutes = (this.now() - this.lastCheckpoint.at) / 60_000
    return this.position.step - this.lastCheckpoint.step >= everySteps || minutes >= everyMinutes
  }

  private takeRateRequest(): void {
    const { rateRequest: learningRate } = this.host
    if (learningRate === undefined) return
    this.host.rateRequest = undefined
    const { step } = this.position
    this.rateChanges = addRateChange(this.rateChanges, { step, learningRate })
    // What was trained before it is told before it.
    this.reporter.flush(this.at)
    this.host.send({ type: 'rateChanged', step, epoch: this.at.epoch, learningRate })
  }

  /** As many steps at once as the engine likes. */
  private async dispatch(): Promise<void> {
    this.takeRateRequest()
    const start = performance.now()
    const { position } = this
    const { batchSize } = this.job.spec.train
    const steps = Math.min(this.session.stepsPerDispatch, this.data.stepsPerEpoch - position.stepInEpoch)
    const learningRates = Array.from({ length: steps }, (_, index) => this.learningRate(position.step + index))
    const { batches, waitedSeconds } = await this.batches.next(steps)
    const results = await this.session.train({ batches, step: position.step, learningRates })
    const sums = { ...position.epochSums }
    results.forEach((result, index) => {
      const step = position.step + index + 1
      if (!Number.isFinite(result.loss)) throw new LossNotFinite(step, result.loss)
      sums.loss += result.loss * batchSize
      sums.correct += result.correct
      sums.examples += batchSize
      this.watchRangeTest(result.loss)
      this.reporter.add('train', 'loss', step, result.loss)
      this.reporter.add('train', 'learningRate', step, learningRates[index] as number)
      this.reporter.add('train', 'gradientNorm', step, result.gradientNorm)
    })
    const seconds = (performance.now() - start) / 1000
    this.reporter.add('train', 'dataWait', position.step + steps, waitedSeconds / seconds)
    sums.seconds += seconds
    this.stepsInThisProcess += steps
    this.secondsInThisProcess += seconds
    const done = { step: position.step + steps, stepInEpoch: position.stepInEpoch + steps }
    const schedules = this.rangeTest ? { ...position.schedules, [rangeTestMemory]: this.rangeTest } : position.schedules
    this.position = { ...position, ...done, epochSums: sums, schedules }
    this.reporter.trained(this.at, steps, seconds)
  }

  /** Validates, reports the epoch, and saves a checkpoint. */
  private async finishEpoch(): Promise<void> {
    const { epochSums: sums, step } = this.position
    const epoch = this.position.epoch + 1
    const train = { loss: sums.loss / sums.examples, accuracy: sums.correct / sums.examples }
    const start = performance.now()
    const isLookedAt = this.job.evaluateAfter?.includes(epoch) ?? true
    const held = this.isRangeTest || !isLookedAt ? null : this.data.validation
    const validation = held === null ? null : await this.evaluateSoundly(held)
    const validationSeconds = (performance.now() - start) / 1000
    this.reporter.validated(validationSeconds)

    const accuracy = (validation ?? train).accuracy
    const isBest = isLookedAt && (this.position.best === null || accuracy > this.position.best.accuracy)
    const best = isBest ? { epoch, accuracy } : this.position.best
    this.reporter.add('train', 'accuracy', step, train.accuracy)
    if (validation !== null) this.report('validation', validation)
    this.reporter.flush(this.at)
    const schedules = isLookedAt ? this.learn(validation ?? train) : this.position.schedules
    this.position = { ...this.position, epoch, stepInEpoch: 0, epochSums: emptyEpochSums, best, schedules }
    this.host.send({
      type: 'epoch',
      result: {
        epoch,
        step,
        train,
        validation,
        seconds: sums.seconds + validationSeconds,
        imagesPerSecond: sums.examples / sums.seconds,
      },
      best,
    })
    await this.saveCheckpoint(isBest)
  }

  /** Of step `step`, from 0. */
  private learningRate(step: number): number {
    const { stepsPerEpoch } = this.data
    const memory = this.position.schedules[scheduleMemory]
    const training = withRateChanges(this.job.spec.train, this.rateChanges, step)
    return learningRateAt(training, { stepsPerEpoch, steps: this.steps }, step, memory)
  }

  /** What the checkpoint keeps for the schedule of the learning rate, and for stopping early, after an epoch. */
  private learn(outcome: LossAndAccuracy): TrainingPosition['schedules'] {
    const { schedules } = this.position
    const { train } = this.job.spec
    const memory = learnFromEpoch(train, schedules[scheduleMemory], outcome)
    return {
      ...schedules,
      ...(memory !== undefined && { [scheduleMemory]: memory }),
      ...(train.earlyStopping && {
        [improvementMemory]: learnImprovement(train.earlyStopping, schedules[improvementMemory], outcome),
      }),
    }
  }

  /** What it remembers is part of every checkpoint, so that a resumed test ends at the same step. */
  private watchRangeTest(loss: number): void {
    if (!this.isRangeTest || this.hasExploded) return
    this.rangeTest = smoothLoss(this.rangeTest, loss)
    this.hasExploded = hasExploded(this.rangeTest)
  }

  /** A training whose rate grows until the loss explodes: its weights are of no use. */
  private get isRangeTest(): boolean {
    return this.job.spec.train.schedule?.type === 'range-test'
  }

  /** @throws StudioError when the last step made weights whose loss is no number */
  private async evaluateSoundly(held: HeldOut): Promise<LossAndAccuracy> {
    const result = await this.evaluate(held)
    if (Number.isFinite(result.loss)) return result
    throw await this.explain(new LossNotFinite(this.position.step, result.loss))
  }

  private async evaluate({ reader, examples }: HeldOut): Promise<LossAndAccuracy> {
    const sums = await this.session.evaluate(reader, examples, () => setImmediate())
    return { loss: sums.loss / examples.length, accuracy: sums.correct / examples.length }
  }

  private report(split: 'validation' | 'test', result: LossAndAccuracy): void {
    this.reporter.add(split, 'loss', this.position.step, result.loss)
    this.reporter.add(split, 'accuracy', this.position.step, result.accuracy)
  }

  private async saveCheckpoint(isBest: boolean): Promise<void> {
    this.reporter.flush(this.at)
    const { run, experiment, checkpointFolder } = this.job
    const { epoch, step } = this.position
    const tensors = await this.session.readState()
    const checkpoint = { run, experiment, position: this.position, tensors }
    const written = writeCheckpoint(this.host.files, checkpointFolder, checkpoint)
    this.lastCheckpoint = { step, at: this.now() }
    this.saved = { file: written.file, sha256: written.sha256, position: this.position }
    this.initial = undefined
    this.host.send({ type: 'checkpoint', epoch, step, ...written, best: isBest, createdAt: Date.now() })
  }

  /** Names the step, and the layer where it began. */
  private async explain({ step, loss }: LossNotFinite): Promise<StudioError> {
    this.reporter.flush({ ...this.at, step })
    const { epoch } = this.at
    const learningRate = this.learningRate(step - 1)
    const found = await this.firstNonFinite(step, loss).catch((fault: unknown) => {
      // The run has failed already; what is missing is only where.
      console.error('the layer could not be found:', fault)
      return undefined
    })
    const words = {
      weights: 'weights of {} are not finite',
      output: 'the output of {} is not finite',
      range: 'the output of {} has become too large for the loss',
    }
    const where = found ? `; ${words[found.what].replace('{}', found.layer)}` : ''
    return new StudioError(
      'loss-not-finite',
      `the loss became ${loss} at step ${step} (epoch ${epoch})${where}; a learning rate below ${learningRate} may help`,
      {
        step,
        epoch,
        loss: String(loss),
        learningRate,
        layer: found?.layer ?? null,
        checkpoint: this.saved?.file ?? null,
      },
    )
  }

  /**
   * Trains again from the last checkpoint up to the step before, one at a time, which gives the same numbers: the weights that made the loss
   * are gone. Undefined where that would take too long.
   */
  private async firstNonFinite(step: number, loss: number): Promise<NonFinite | undefined> {
    const { saved, initial } = this
    const from = saved ? saved.position : this.begin
    const { stepsInThisProcess, secondsInThisProcess } = this
    const seconds = ((step - from.step) * secondsInThisProcess) / Math.max(1, stepsInThisProcess)
    if (seconds > mostReplaySeconds) return undefined
    const tensors = saved ? readCheckpoint(this.host.files, this.job.checkpointFolder, saved).tensors : initial
    if (!tensors) return undefined
    await this.session.writeState(tensors)
    const batches = this.batchesFrom(from, 1)
    for (let at = from.step; at < step - 1; at++) {
      const { batches: next } = await batches.next(1)
      await this.session.train({ batches: next, step: at, learningRates: [this.learningRate(at)] })
    }
    const [last] = (await batches.next(1)).batches
    if (!last) return undefined
    return findNonFinite(this.job.document, await this.session.readState(), last.images, loss)
  }
}
