/** Processes of the studio: how one is started, and how one has ended. */
import { fork, type ChildProcess } from 'node:child_process'

/** A plain Node and the module whose process it is. */
export interface ProcessCommand {
  readonly nodePath: string
  readonly entry: string
  readonly args?: readonly string[]
}

/**
 * Starts it with a channel for messages, which carries typed arrays as they are. The `error` event of the process says when it could not be.
 * @param output where to what it prints goes: nowhere, or a file that is open
 * @param args after those of the command
 */
export function startProcess(
  { nodePath, entry, args: first = [] }: ProcessCommand,
  output: 'ignore' | number = 'ignore',
  args: readonly string[] = [],
): ChildProcess {
  return fork(entry, [...first, ...args], {
    execPath: nodePath,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', output, output, 'ipc'],
  })
}

/** How a process ended, in words. */
export function endReason(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') return 'it was killed (SIGKILL), by a person or because the machine ran out of memory'
  if (signal !== null) return `it was ended by the signal ${signal}`
  return `it ended with exit code ${code}`
}
