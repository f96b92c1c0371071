/** A program that answers one line of JSON with one line of JSON. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export class JsonPeer {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>
  private readonly lines: AsyncIterator<string>

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.child.on('error', () => undefined)
    this.child.stdin.on('error', () => undefined)
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  /** The caller knows what its peer answers. @throws when the program has ended */
  async ask<Answer>(message: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(message)}\n`)
    const line = await this.lines.next()
    if (line.done) throw new Error(`the peer ended early; what it said stands above`)
    return JSON.parse(line.value) as Answer
  }

  close(): void {
    this.child.stdin.end()
  }
}
