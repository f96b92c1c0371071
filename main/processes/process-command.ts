/** Processes of the studio: how one is started, and how one has ended. */

/** A plain Node and the module whose process it is. */
export interface ProcessCommand {
  readonly nodePath: string
  readonly entry: string
  readonly args?: readonly string[]
}

/** How a process ended, in words. */
export function endReason(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') return 'it was killed (SIGKILL), by a person or because the machine ran out of memory'
  if (signal !== null) return `it was ended by the signal ${signal}`
  return `it ended with exit code ${code}`
}
