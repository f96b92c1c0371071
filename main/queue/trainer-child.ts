/**
 * One trainer process as the service sees it: started with its own log file, told what to do, listened to, and its end explained. What the
 * process prints goes straight into the file, so it is there even when the process, or the service, is killed.
 */
import type { ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { endReason, startProcess, type ProcessCommand } from '../processes/process-command.ts'
import { fromTrainer, type FromTrainer, type ToTrainer } from '../trainer/trainer-protocol.ts'

export interface TrainerEnd {
  /** In words: which signal, exit code, or why it could not be started. */
  readonly reason: string
  readonly exitCode: number | null
  readonly signal: string | null
  /** The last lines it printed. */
  readonly tail: string
}

export interface TrainerListener {
  message(message: FromTrainer): void
  /** A message that is not of the protocol. */
  garbled(error: StudioError): void
  /** After the last message. */
  ended(end: TrainerEnd): void
}

const tailBytes = 4096
const tailLines = 20

export class TrainerChild {
  readonly pid: number | undefined
  private readonly child: ChildProcess
  private readonly logFile: string
  private readonly logStart: number
  private readonly listener: TrainerListener
  private exit: { code: number | null; signal: string | null } | undefined
  private ended = false

  constructor(command: ProcessCommand, logFile: string, title: string, listener: TrainerListener) {
    this.logFile = logFile
    this.listener = listener
    fs.mkdirSync(path.dirname(logFile), { recursive: true })
    const log = fs.openSync(logFile, 'a')
    try {
      this.child = startProcess(command, log)
      // Before the process can print: it has only just been forked.
      fs.writeSync(log, `--- ${new Date().toISOString()} ${title}, process ${this.child.pid ?? 'not started'}\n`)
      this.logStart = fs.fstatSync(log).size
    } finally {
      fs.closeSync(log)
    }
    this.pid = this.child.pid
    this.child.on('message', (raw) => this.receive(raw))
    this.child.on('error', (error) => this.failedToStart(error))
    this.child.on('exit', (code, signal) => {
      this.exit = { code, signal }
      this.endWhenSilent()
    })
    // The channel closes after its last message was read: only then is everything said.
    this.child.on('disconnect', () => this.endWhenSilent())
  }

  /** Whether its process is gone and everything it said was heard. */
  get hasEnded(): boolean {
    return this.ended
  }

  send(message: ToTrainer): void {
    // A process that is about to die is no fault here: its end is reported by itself.
    if (this.child.connected) this.child.send(message, () => undefined)
  }

  /** Ends it at once; nothing it has not saved survives. */
  kill(): void {
    this.child.kill('SIGKILL')
  }

  private receive(raw: unknown): void {
    let message: FromTrainer
    try {
      message = parseOrThrow(fromTrainer, raw, 'message of the trainer')
    } catch (error) {
      this.listener.garbled(garbledMessage(error))
      return
    }
    this.listener.message(message)
  }

  private endWhenSilent(): void {
    if (this.exit === undefined || this.child.connected) return
    const { code, signal } = this.exit
    this.end(endReason(code, signal), code, signal)
  }

  private failedToStart(error: Error): void {
    if (this.pid === undefined) this.end(`it could not be started: ${error.message}`, null, null)
  }

  private end(reason: string, exitCode: number | null, signal: string | null): void {
    if (this.ended) return
    this.ended = true
    this.listener.ended({ reason, exitCode, signal, tail: this.readTail() })
  }

  private readTail(): string {
    const log = fs.readFileSync(this.logFile).subarray(this.logStart)
    return log.subarray(-tailBytes).toString('utf8').trimEnd().split('\n').slice(-tailLines).join('\n')
  }
}

function garbledMessage(cause: unknown): StudioError {
  const { message } = toErrorRecord(cause)
  return new StudioError(
    'invalid-message',
    `the training process sent what the service does not know: ${message}`,
    {},
    cause,
  )
}
