/** A process that is started for one answer: what takes it along, or hangs it, is an answer too. */
import { endReason, startProcess, type ProcessCommand } from './process-command.ts'

export type ProcessAnswer =
  /** Its first message, as it came. */
  | { readonly kind: 'message'; readonly message: unknown }
  /** It was ended, because it took too long. */
  | { readonly kind: 'late' }
  | { readonly kind: 'not-started'; readonly reason: string }
  /** Without a message. */
  | { readonly kind: 'ended'; readonly reason: string }

export interface ProcessQuestion {
  /** After those of the command. */
  readonly args?: readonly string[]
  /** Sent to it when it has started. */
  readonly message?: object
  /** From its start to its end, milliseconds: what lives longer is killed, also when it has answered. */
  readonly limitMs: number
}

export function askProcess(
  command: ProcessCommand,
  { args = [], message, limitMs }: ProcessQuestion,
): Promise<ProcessAnswer> {
  return new Promise((resolve) => {
    const child = startProcess(command, 'ignore', args)
    // A promise that is resolved stays as it is: what comes first is the answer.
    const deadline = setTimeout(() => {
      resolve({ kind: 'late' })
      child.kill('SIGKILL')
    }, limitMs)
    child.on('message', (received) => resolve({ kind: 'message', message: received }))
    child.on('error', (error) => {
      clearTimeout(deadline)
      resolve({ kind: 'not-started', reason: error.message })
    })
    child.on('exit', (code, signal) => {
      clearTimeout(deadline)
      resolve({ kind: 'ended', reason: endReason(code, signal) })
    })
    // One that is gone already says so by its end.
    if (message !== undefined) child.send(message, () => undefined)
  })
}
