/** A program that trains a network in steps and says how long it took: ours or PyTorch, spoken to in lines of JSON. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { StudioError } from '../../../experiments/errors/studio-error.ts'

export interface PeerReady {
  readonly ready: true
  readonly version: string
  /** From the description of the network to the end of the first step. */
  readonly compileSeconds: number
  readonly parameters: number
}

export interface PeerMeasurement {
  readonly seconds: number
  /** Processor time of all threads. */
  readonly cpuSeconds: number
  /** Most memory that the process ever held. */
  readonly peakBytes: number
  readonly loss: number
  /** Share of the time between the runs of the runtime, where that is known. */
  readonly betweenRuns?: number
  /** What a step's transfers take alone, as a share of a step; absent without a device of its own. */
  readonly transfers?: number
}

export class PeerProcess {
  private readonly title: string
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  private readonly lines: AsyncIterator<string>
  private readonly reader: Interface
  private complaint = ''

  constructor(title: string, command: string, args: readonly string[]) {
    this.title = title
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stderr.on('data', (data: Buffer) => (this.complaint = (this.complaint + data.toString()).slice(-2000)))
    // Without listeners a program that cannot be started would end this one; the missing answer tells.
    this.child.on('error', (error) => (this.complaint += error.message))
    this.child.stdin.on('error', () => undefined)
    this.reader = createInterface({ input: this.child.stdout })
    this.lines = this.reader[Symbol.asyncIterator]()
  }

  /** @throws StudioError `engine-failed` with the last words of the program */
  async start(task: object): Promise<PeerReady> {
    return (await this.ask(task)) as PeerReady
  }

  async measure(steps: number): Promise<PeerMeasurement> {
    return (await this.ask({ steps })) as PeerMeasurement
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      if (this.child.exitCode !== null || this.child.pid === undefined) resolve()
      else this.child.once('close', () => resolve())
    })
    this.child.stdin.end()
    this.reader.close()
    this.child.stdout.resume()
    await ended
  }

  private async ask(message: object): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(message)}\n`)
    const line = await this.lines.next()
    if (!line.done) return JSON.parse(line.value)
    throw new StudioError('engine-failed', `${this.title} ended early: ${this.complaint.trim() || 'it said nothing'}`, {
      reason: this.complaint,
    })
  }
}
