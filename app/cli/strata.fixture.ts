/** The command line as a user has it, for tests: the built program, with a home and so a service of its own. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'

export const program = join(import.meta.dirname, '..', '..', 'out', 'node', 'strata.mjs')

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Strata = (...words: string[]) => Promise<Outcome>

/** The service stays until it is stopped. @param more of the environment */
export const environmentOf = (home: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  STRATA_HOME: home,
  STRATA_IDLE_SECONDS: '600',
  ...more,
})

/** @param home must exist @param more of the environment */
export function strataAt(home: string, more?: NodeJS.ProcessEnv): Strata {
  const env = environmentOf(home, more)
  return (...words) =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, ...words], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
      })
    })
}
