import type { Command } from 'commander'
import type { EpochResult, RunDetail, RunSummary } from '../../../experiments/runs/run-record.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { parseAssignment, setPath } from '../../../experiments/spec/set-path.ts'
import { RunFollower, type RunListener } from '../follow-run.ts'
import { readExperiment } from '../experiment-file.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { StatusLine } from '../status-line.ts'
import { formatCount, formatDuration } from '../table.ts'
import { wholeNumber } from '../whole-number.ts'

interface TrainOptions {
  readonly set: readonly string[]
  readonly engine?: string
  readonly device?: string
  readonly onDeviceLoss?: string
  readonly epochs?: number
  readonly seed?: number
}

export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('queue an experiment and follow it to its end')
    .argument('<experiment>', 'an experiment file (JSON)')
    .option('--set <path=value>', 'change one value, e.g. train.learningRate=0.01 (repeatable)', collect, [])
    .option('--engine <id>', 'train on this engine, see doctor')
    .option('--device <id>', 'train on cpu, on gpu (any graphics card that is free), or on a device such as cuda:1')
    .option('--on-device-loss <what>', 'when the device is absent or lost: fail, or go on with the cpu')
    .option('--epochs <n>', 'train for this many epochs', wholeNumber)
    .option('--seed <n>', 'the seed of all randomness', wholeNumber)
    .action((file: string, options: TrainOptions, command: Command) => train(sessionOf(command), file, options))
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}

async function train(session: Session, file: string, options: TrainOptions): Promise<void> {
  const changes = options.set.map(parseAssignment)
  if (options.engine !== undefined) changes.push({ path: 'engine', value: options.engine })
  if (options.device !== undefined) changes.push({ path: 'device', value: options.device })
  if (options.onDeviceLoss !== undefined) changes.push({ path: 'onDeviceLoss', value: options.onDeviceLoss })
  if (options.epochs !== undefined) changes.push({ path: 'train.epochs', value: options.epochs })
  if (options.seed !== undefined) changes.push({ path: 'seed', value: options.seed })
  const spec = readExperiment(file, (json) =>
    changes.reduce((spec, { path, value }) => setPath(spec, path, value), json),
  )
  await withService(session, async (service) => {
    const reporter = new TrainReporter(session)
    const follower = new RunFollower(service, reporter)
    const { id } = await service.call('runs.start', { spec })
    const stop = stopOnInterrupt(() => service.call('runs.stop', { run: id }))
    const run = await follower.follow(id)
    stop()
    reporter.finished(run)
    if (run.status === 'failed') throw failureOf(run)
    if (run.status !== 'finished') process.exitCode = 1
  })
}

function failureOf(run: RunDetail): StudioError {
  const { code, message, details } = run.error ?? { code: 'internal', message: 'the run failed', details: {} }
  return new StudioError(code as StudioError['code'], `run ${run.id}: ${message}`, { ...details, run: run.id })
}

/** Ctrl+C stops the run, which writes its checkpoint first; pressed again it leaves at once. */
function stopOnInterrupt(stop: () => Promise<unknown>): () => void {
  const onInterrupt = (): void => {
    process.once('SIGINT', () => process.exit(130))
    process.stderr.write('\nstopping the run; press Ctrl+C again to leave at once\n')
    stop().catch((fault: unknown) => process.stderr.write(`${String(fault)}\n`))
  }
  process.once('SIGINT', onInterrupt)
  return () => process.removeListener('SIGINT', onInterrupt)
}

class TrainReporter implements RunListener {
  readonly #session: Session
  readonly #line: StatusLine
  #loss = Number.NaN

  constructor(session: Session) {
    this.#session = session
    this.#line = new StatusLine(session.json)
  }

  started(run: RunSummary): void {
    this.#session.event({ event: 'started', run: run.id })
    const parameters = run.parameters === null ? '' : `, ${formatCount(run.parameters)} parameters`
    this.#say(`run ${run.id}: ${run.network} on ${run.dataset}${parameters}, engine ${run.engine}, seed ${run.seed}`)
  }

  step(step: number, loss: number): void {
    this.#session.event({ event: 'step', step, loss })
    this.#loss = loss
  }

  epoch(result: EpochResult): void {
    const { epoch, train, validation, seconds, imagesPerSecond } = result
    this.#session.event({ event: 'epoch', epoch, train, validation, seconds, imagesPerSecond })
    const held =
      validation === null ? '' : `   validation ${validation.loss.toFixed(4)}  ${percent(validation.accuracy)}`
    const speed = `${Math.round(imagesPerSecond).toLocaleString('en-US')} images/s`
    this.#say(
      `epoch ${String(epoch).padStart(3)}   train ${train.loss.toFixed(4)}  ${percent(train.accuracy)}${held}   ${seconds.toFixed(1)} s, ${speed}`,
    )
  }

  progress(run: RunSummary): void {
    const { epoch, epochs, step, steps, imagesPerSecond, secondsLeft } = run.progress
    if (run.status === 'paused')
      return this.#line.show(`run ${run.id} is paused; "strata queue resume ${run.id}" goes on with it`)
    if (run.status === 'queued') return this.#line.show(`run ${run.id} waits in the queue`)
    const speed = imagesPerSecond === null ? '' : `  ${Math.round(imagesPerSecond).toLocaleString('en-US')} images/s`
    const left = secondsLeft === null ? '' : `  ${formatDuration(secondsLeft)} left`
    const loss = Number.isNaN(this.#loss) ? '' : `loss ${this.#loss.toFixed(4)}`
    this.#line.showShare(
      `epoch ${epoch}/${epochs}`,
      steps === 0 ? 0 : step / steps,
      `step ${step}/${steps}  ${loss}${speed}${left}`,
    )
  }

  lost(reason: string): void {
    this.#say(`${reason}; trying to get it back`, process.stderr)
  }

  finished(run: RunDetail): void {
    const { id, status, best, test, weightsSha256 } = run
    this.#session.event({ event: 'finished', run: id, status, best, test, weightsSha256 })
    const bestText = best === null ? '' : `, best accuracy ${percent(best.accuracy)} in epoch ${best.epoch}`
    const testText = test === null ? '' : `, test accuracy ${percent(test.accuracy)}`
    this.#say(`run ${id} ${status}${bestText}${testText}`)
  }

  #say(text: string, stream: NodeJS.WriteStream = process.stdout): void {
    this.#line.clear()
    if (!this.#session.json) stream.write(`${text}\n`)
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
