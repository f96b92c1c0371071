/**
 * The inspector as the service sees it: one process, started with the first question and ended when none has come for a while. Questions are
 * answered one after the other; one that is cancelled while it is worked on takes the process with it, since an engine cannot be interrupted,
 * and the others are asked again. Whatever it cached is whole or absent.
 */
import type { ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import { StudioError, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { ErrorCode } from '../../experiments/errors/error-codes.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { endReason, startProcess, type ProcessCommand } from '../processes/process-command.ts'
import {
  fromInspector,
  inspectorTasks,
  type InspectorTask,
  type TaskInput,
  type TaskOutput,
  type TaskProgress,
  type ToInspector,
} from './inspector-protocol.ts'

const idleMs = 60_000
const tailBytes = 2048

export interface AskOptions {
  /** By which the question can be cancelled. */
  readonly name?: string | undefined
  readonly onProgress?: (progress: TaskProgress) => void
}

interface Question extends AskOptions {
  readonly message: ToInspector
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export class Inspector {
  private readonly command: ProcessCommand
  private readonly home: string
  private readonly questions: Question[] = []
  private child: ChildProcess | undefined
  private idle: NodeJS.Timeout | undefined
  private nextId = 1

  constructor(command: ProcessCommand, home: string) {
    this.command = command
    this.home = home
  }

  /** @throws StudioError what the question throws, `cancelled`, or `inspector-crashed` */
  async ask<T extends InspectorTask>(task: T, input: TaskInput<T>, options: AskOptions = {}): Promise<TaskOutput<T>> {
    const value = await new Promise<unknown>((resolve, reject) => {
      const message: ToInspector = { id: this.nextId++, home: this.home, task, input }
      this.questions.push({ ...options, message, resolve, reject })
      if (this.questions.length === 1) this.send()
    })
    const schema: z.ZodType = inspectorTasks[task].output
    return parseOrThrow(schema, value, `answer to "${task}"`) as TaskOutput<T>
  }

  /** Returns whether there was such a question. */
  cancel(name: string): boolean {
    const at = this.questions.findIndex((question) => question.name === name)
    const question = this.questions[at]
    if (!question) return false
    this.questions.splice(at, 1)
    if (at === 0) {
      this.kill()
      this.send()
    }
    question.reject(new StudioError('cancelled', 'it was cancelled'))
    return true
  }

  /** Questions that wait for an answer. */
  get pending(): number {
    return this.questions.length
  }

  close(): void {
    this.kill()
    const error = new StudioError('cancelled', 'the studio was closed')
    for (const question of this.questions.splice(0)) question.reject(error)
  }

  private send(): void {
    clearTimeout(this.idle)
    const [question] = this.questions
    if (question) {
      try {
        this.child ??= this.start()
        this.child.send(question.message, () => undefined)
      } catch (error) {
        this.crashed(`it could not be started: ${(error as Error).message}`)
      }
    } else if (this.child) {
      this.idle = setTimeout(() => this.kill(), idleMs)
      this.idle.unref()
    }
  }

  private get logFile(): string {
    return path.join(this.home, 'logs', 'inspector.log')
  }

  private start(): ChildProcess {
    fs.mkdirSync(path.dirname(this.logFile), { recursive: true })
    const log = fs.openSync(this.logFile, 'w')
    try {
      const child = startProcess(this.command, log)
      child.on('message', (raw) => this.receive(child, raw))
      child.on('error', (error) => this.ended(child, `it could not be started: ${error.message}`))
      child.on('exit', (code, signal) => this.ended(child, endReason(code, signal)))
      return child
    } finally {
      fs.closeSync(log)
    }
  }

  private receive(child: ChildProcess, raw: unknown): void {
    const [question] = this.questions
    if (child !== this.child || !question) return
    const message = parseOrThrow(fromInspector, raw, 'message of the inspector')
    if (message.id !== question.message.id) return
    if (message.type === 'progress') return question.onProgress?.(message.progress)
    this.questions.shift()
    this.send()
    if (message.type === 'result') question.resolve(message.value)
    else question.reject(errorOf(message.error))
  }

  private ended(child: ChildProcess, reason: string): void {
    if (child !== this.child) return
    this.child = undefined
    this.crashed(reason)
  }

  private crashed(reason: string): void {
    const question = this.questions.shift()
    if (!question) return
    this.send()
    question.reject(
      new StudioError('inspector-crashed', `the process that looks at networks ended without an answer: ${reason}`, {
        log: this.readTail(),
      }),
    )
  }

  private readTail(): string {
    try {
      return fs.readFileSync(this.logFile).subarray(-tailBytes).toString('utf8').trim()
    } catch {
      return ''
    }
  }

  private kill(): void {
    clearTimeout(this.idle)
    const { child } = this
    this.child = undefined
    child?.kill('SIGKILL')
  }
}

function errorOf({ code, message, details }: ErrorRecord): StudioError {
  return new StudioError(code as ErrorCode, message, details)
}
