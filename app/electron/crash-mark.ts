/**
 * Tells a window that was killed from one that was closed: a file stands in its folder from opening to closing, so one that is found at a
 * start was left behind.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export class CrashMark {
  readonly #file: string
  #crashed: boolean

  constructor(file: string) {
    this.#file = file
    this.#crashed = existsSync(file)
  }

  opened(): void {
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, '')
  }

  closed(): void {
    rmSync(this.#file, { force: true })
  }

  /** The page of this window ended by itself and is loaded again. */
  pageCrashed(): void {
    this.#crashed = true
  }

  /** Whether something ended without being closed; asked again, no more. */
  take(): boolean {
    const crashed = this.#crashed
    this.#crashed = false
    return crashed
  }
}
