/** Imports of a service: one process each, started, listened to, cancelled, taken up again. What is unfinished stays known, also after a restart. */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { DatasetProgress } from '../../../experiments/data/dataset-record.ts'
import { StudioError, toErrorRecord, type ErrorRecord } from '../../../experiments/errors/studio-error.ts'
import type { ErrorCode } from '../../../experiments/errors/error-codes.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import type { ProcessCommand } from '../../processes/process-command.ts'
import { datasetFolder } from '../idx-source.ts'
import { isBuiltIn } from '../registry.ts'
import { importFolder } from './imported-note.ts'
import { datasetNamePattern, importRequest, type ImportRequest } from './import-options.ts'
import { fromImporter } from './importer-protocol.ts'

/** An import that has not come to its end: it runs, or could go on. */
export interface UnfinishedImport {
  readonly name: string
  readonly source: string
  /** Files dealt with, of those with a class. */
  readonly done: number
  readonly total: number | null
  readonly active: boolean
  /** Why it stands still. */
  readonly error: ErrorRecord | null
}

/** What of an unfinished import's plan is needed to go on. */
const savedPlan = z.object({
  key: z.object({ source: z.string(), request: importRequest }),
  wanted: z.int().min(0).optional(),
})

export class ImportRunner {
  readonly #home: string
  readonly #command: ProcessCommand
  readonly #onProgress: (progress: DatasetProgress) => void
  readonly #running = new Map<string, ChildProcess>()
  /** What was last heard of each. */
  readonly #last = new Map<string, UnfinishedImport>()

  constructor(home: string, command: ProcessCommand, onProgress: (progress: DatasetProgress) => void) {
    this.#home = home
    this.#command = command
    this.#onProgress = onProgress
  }

  /** How many run. */
  get active(): number {
    return this.#running.size
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
    const note = (change: Partial<UnfinishedImport>): void => {
      const known = this.#last.get(name) ?? { name, source, done: 0, total: null, active: true, error: null }
      this.#last.set(name, { ...known, ...change })
    }
    this.#last.delete(name)
    note({})
    tell('preparing', 0, null)
    try {
      await this.#run({ home: this.#home, source, request }, name, (done, total) => {
        note({ done, total })
        tell('preparing', done, total)
      })
      await rm(importFolder(this.#home, name), { recursive: true, force: true })
      this.#last.delete(name)
      tell('done', 1, 1)
    } catch (error) {
      note({ active: false, error: toErrorRecord(error) })
      tell('failed', 0, null, toErrorRecord(error))
      throw error
    }
  }

  /** Those that run, and those that a cancellation, a fault or the end of a service left; by name. */
  async unfinished(): Promise<UnfinishedImport[]> {
    const folders = await readdir(join(this.#home, 'cache', 'imports')).catch(() => [])
    const names = [...new Set([...folders, ...this.#running.keys()])].sort()
    const all = await Promise.all(names.map((name) => this.#describe(name)))
    return all.filter((one) => one !== undefined)
  }

  /** Goes on with the source and the options it was begun with. @throws StudioError `file-not-found` when there is nothing to go on with */
  async resume(name: string): Promise<void> {
    const plan = await this.#plan(name)
    if (!plan) throw new StudioError('file-not-found', `there is no unfinished import "${name}"`, { name })
    await this.import(plan.key.source, plan.key.request)
  }

  /** Forgets an unfinished import and what it has read. @throws StudioError `run-state` while it runs */
  async discard(name: string): Promise<void> {
    if (this.#running.has(name))
      throw new StudioError('run-state', `the import of "${name}" runs: cancel it first`, { name })
    this.#last.delete(name)
    await rm(importFolder(this.#home, name), { recursive: true, force: true })
  }

  async #describe(name: string): Promise<UnfinishedImport | undefined> {
    const last = this.#last.get(name)
    if (last?.active) return last
    const plan = await this.#plan(name)
    if (!plan) return undefined
    const journal = await readFile(join(importFolder(this.#home, name), 'journal')).catch(() => Buffer.alloc(0))
    let done = 0
    for (let at = journal.indexOf(10); at >= 0; at = journal.indexOf(10, at + 1)) done += 1
    return {
      name,
      source: plan.key.source,
      done,
      total: plan.wanted ?? null,
      active: false,
      error: last?.error ?? null,
    }
  }

  async #plan(name: string): Promise<z.output<typeof savedPlan> | undefined> {
    if (!datasetNamePattern.test(name)) return undefined
    try {
      const plan = savedPlan.parse(
        JSON.parse(await readFile(join(importFolder(this.#home, name), 'plan.json'), 'utf8')),
      )
      return plan.key.request.name === name ? plan : undefined
    } catch {
      return undefined
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
