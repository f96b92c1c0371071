/**
 * Closing the window while runs train. Training lives in the service and goes on without a window; whether it should is the person's choice:
 * remembered, or asked in the window. A window that does not answer never keeps the person from quitting: the second request closes it.
 */
import type { Preferences } from '../ipc/desktop-contract.ts'

export interface QuitGuardOptions {
  readonly preference: () => Preferences['quitWhileTraining']
  /** Number of runs that train or wait; 0 when the service does not say. */
  readonly activeRuns: () => Promise<number>
  readonly stopTraining: () => Promise<void>
  /** Shows the question; false when the window cannot show anything. */
  readonly ask: (runs: number) => boolean
  readonly close: () => void
}

type QuitState = 'open' | 'checking' | 'asking' | 'closing'

export class QuitGuard {
  readonly #options: QuitGuardOptions
  #state: QuitState = 'open'

  constructor(options: QuitGuardOptions) {
    this.#options = options
  }

  /** True when the window may close now; otherwise the guard closes it later, or the person decides to stay. */
  mayClose(): boolean {
    if (this.#state === 'closing') return true
    if (this.#state === 'open') void this.#check()
    else if (this.#state === 'asking') this.#close()
    return this.state === 'closing'
  }

  get state(): QuitState {
    return this.#state
  }

  /** The answer to the question. */
  async decide(training: 'keep' | 'stop'): Promise<void> {
    if (training === 'stop') await this.#options.stopTraining()
    this.#close()
  }

  cancel(): void {
    if (this.#state === 'asking') this.#state = 'open'
  }

  async #check(): Promise<void> {
    this.#state = 'checking'
    const preference = this.#options.preference()
    const runs = preference === 'keep' ? 0 : await this.#options.activeRuns().catch(() => 0)
    if (runs === 0) return this.#close()
    if (preference === 'ask' && this.#options.ask(runs)) {
      this.#state = 'asking'
      return
    }
    if (preference === 'stop') await this.#options.stopTraining().catch(() => undefined)
    this.#close()
  }

  #close(): void {
    this.#state = 'closing'
    this.#options.close()
  }
}
