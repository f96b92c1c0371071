/** Imports of a service: one process each, started, listened to, cancelled. */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { DatasetProgress } from '../../../experiments/data/dataset-record.ts'
import { StudioError, toErrorRecord, type ErrorRecord } from '../../../experiments/errors/studio-error.ts'
import type { ErrorCode } from '../../../experiments/errors/error-codes.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import { datasetFolder } from '../idx-source.ts'
import { isBuiltIn } from '../registry.ts'
import { importFolder } from './imported-note.ts'
import type { ImportRequest } from './import-options.ts'
import { fromImporter } from './importer-protocol.ts'

export interface ImporterCommand {
  readonly nodePath: string
  readonly entry: string
}

export class ImportRunner {
  readonly #home: string
  readonly #command: ImporterCommand
  readonly #onProgress: (progress: DatasetProgress) => void
  readonly #running = new Map<string, ChildProcess>()

  constructor(home: string, command: ImporterCommand, onProgress: (progress: DatasetProgress) => void) {
    this.#home = home
    this.#command = command
    this.#onProgress = onProgress
  }

  isRunning(name: string): boolean {
    return this.#running.has(name)
  }

  /** Resolves when the dataset is in its place. @throws StudioError what the import ends with */
  async import(source: string, request: ImportRequest): Promise<void> {
    const { name } = request
    const taken = isBuiltIn(name) || existsSync(datasetFolder(this.#home, name)) || this.#running.has(name)
    if (taken) {
      throw new StudioError(
        'out-of-range',
        `name: there is a dataset "${name}" already; choose another name, or remove that one first`,
        { path: 'name', name },
      )
    }
    const tell = (
      stage: DatasetProgress['stage'],
      done: number,
      total: number | null,
      error: ErrorRecord | null = null,
    ) => this.#onProgress({ name, stage, done, total, error })
    tell('preparing', 0, null)
    try {
      await this.#run({ home: this.#home, source, request }, name, (done, total) => tell('preparing', done, total))
      await rm(importFolder(this.#home, name), { recursive: true, force: true })
      tell('done', 1, 1)
    } catch (error) {
      tell('failed', 0, null, toErrorRecord(error))
      throw error
    }
  }

  /** Asks it to stop; what is done is kept for another try with the same source and options. */
  cancel(name: string): void {
    this.#running.get(name)?.send({ type: 'cancel' })
  }

  /** Ends all of them at once; each can go on another time. */
  close(): void {
    for (const child of this.#running.values()) child.kill()
  }

  #run(job: object, name: string, onProgress: (done: number, total: number) => void): Promise<void> {
    const child = fork(this.#command.entry, [], {
      execPath: this.#command.nodePath,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#running.set(name, child)
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
    return new Promise<void>((resolve, reject) => {
      let isSettled = false
      const settle = (error?: Error): void => {
        if (isSettled) return
        isSettled = true
        this.#running.delete(name)
        if (error === undefined) resolve()
        else reject(error)
      }
      child.on('message', (raw) => {
        const message = parseOrThrow(fromImporter, raw, 'message of the importer')
        if (message.type === 'progress') onProgress(message.done, message.total)
        else if (message.type === 'done') settle()
        else settle(new StudioError(message.error.code as ErrorCode, message.error.message, message.error.details))
      })
      child.on('error', (cause) =>
        settle(new StudioError('internal', `the importer could not be started: ${cause.message}`, {}, cause)),
      )
      child.on('exit', (code, signal) => {
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`
        settle(
          new StudioError(
            'internal',
            `the importer ended without a result (${how}). Import the same again: it goes on where it was. ${said}`,
            {},
          ),
        )
      })
      child.send(job)
    })
  }
}
