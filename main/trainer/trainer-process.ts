/**
 * The process of one run: takes its job from the channel to the service, trains, reports, and ends. It also ends when the channel closes,
 * because then nobody would record what it does.
 */
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { measureThreads } from './measure-threads.ts'
import { trainRun, type TrainerHost } from './train-run.ts'
import { toTrainer, type FromTrainer, type ThreadRates, type TrainerJob } from './trainer-protocol.ts'

const usageExitCode = 64
const softwareExitCode = 70
const usageIntervalMs = 1000

/** Never returns to its caller's business: the process ends by itself after the last message. */
export function runTrainerProcess(files: FileOperations = systemFiles): void {
  if (process.send === undefined) {
    console.error('a trainer is started by the studio service, not by hand; use "strata train"')
    process.exit(usageExitCode)
  }
  process.on('unhandledRejection', dieOf)
  process.on('uncaughtException', dieOf)
  process.once('disconnect', () => process.exit(0))

  const host: TrainerHost = { files, shouldStop: false, send }
  let hasJob = false
  process.on('message', (raw) => {
    const message = parseOrThrow(toTrainer, raw, 'message of the service')
    if (message.type === 'stop') {
      host.shouldStop = true
    } else if (message.type === 'stopAfter') {
      host.stopAfterEpoch = message.epoch
    } else if (message.type === 'changeRate') {
      host.rateRequest = message.learningRate
    } else if (message.type === 'pauseAfter') {
      host.pauseAfterEpoch = message.epoch
    } else if (hasJob) {
      return
    } else if (message.type === 'measureThreads') {
      hasJob = true
      void measure(message.job, message.threads)
    } else {
      hasJob = true
      reportUsage()
      void train(message.job, host)
    }
  })
}

/** The processor time of all threads of the process, the engine's among them. */
function reportUsage(): void {
  let at = performance.now()
  let before = process.cpuUsage()
  setInterval(() => {
    const now = performance.now()
    const { user, system } = process.cpuUsage(before)
    before = process.cpuUsage()
    send({ type: 'usage', memoryBytes: process.memoryUsage.rss(), cores: (user + system) / 1000 / (now - at) })
    at = now
  }, usageIntervalMs).unref()
}

/** Without an answer whoever asked knows as much as before. */
async function measure(job: TrainerJob, threads: readonly number[]): Promise<void> {
  const answer: ThreadRates = {
    type: 'threadRates',
    imagesPerSecond: [...(await measureThreads(job, threads))],
  }
  process.send?.(answer, () => process.exit(0))
}

/** The last message is sent before the process ends, whatever happened. */
async function train(job: TrainerJob, host: TrainerHost): Promise<void> {
  const last = await lastMessage(job, host)
  process.send?.(last, () => process.exit(0))
}

async function lastMessage(job: TrainerJob, host: TrainerHost): Promise<FromTrainer> {
  try {
    return await trainRun(job, host)
  } catch (error) {
    console.error(error)
    return { type: 'failed', error: toErrorRecord(isMemory(error) ? outOfMemory(error) : error) }
  }
}

function send(message: FromTrainer): void {
  // Without a channel the process is about to end; see 'disconnect'.
  if (process.connected) process.send?.(message, () => undefined)
}

/** What JavaScript throws where the system gives it no memory for a buffer. */
function isMemory(error: unknown): error is RangeError {
  return error instanceof RangeError && /allocation failed/i.test(error.message)
}

function outOfMemory(error: RangeError): StudioError {
  return new StudioError('out-of-memory', `the system gives no more memory: ${error.message}`, {}, error)
}

/** The stack goes to the run's log; the service tells the user from the exit code and the log's end. */
function dieOf(fault: unknown): void {
  console.error(fault)
  process.exit(softwareExitCode)
}
