/** Follows a sweep to its end and tells of each trial whenever it comes to a stand: at a rung, whole, stopped, failed, or impossible. */
import type { SweepDetail, SweepSummary, SweepTrial } from '../../experiments/tuning/sweep-record.ts'
import { trialValue } from '../../experiments/tuning/trial-values.ts'
import type { ServiceClient } from '../ipc/service-client.ts'

export interface SweepListener {
  trial(sweep: SweepDetail, trial: SweepTrial, value: number | null): void
  progress(sweep: SweepSummary): void
}

const moving: ReadonlySet<SweepTrial['state']> = new Set(['waiting', 'running', 'held'])

export class SweepFollower {
  readonly #service: ServiceClient
  readonly #listener: SweepListener
  /** What was told of each trial: its state and how far it was. */
  readonly #told = new Map<number, string>()
  #sweep: number | undefined
  #reading = false
  #changed = false
  #end: ((sweep: SweepDetail) => void) | undefined
  #fail: ((fault: unknown) => void) | undefined

  constructor(service: ServiceClient, listener: SweepListener) {
    this.#service = service
    this.#listener = listener
    service.on('sweep.changed', (summary) => {
      if (summary.id !== this.#sweep) return
      this.#listener.progress(summary)
      void this.#read()
    })
    service.onConnected(() => void this.#read())
  }

  /** Resolves when it is done, failed, or paused by somebody. */
  follow(sweep: number): Promise<SweepDetail> {
    this.#sweep = sweep
    return new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
      void this.#read()
    })
  }

  async #read(): Promise<void> {
    const sweep = this.#sweep
    this.#changed = true
    if (sweep === undefined || this.#reading) return
    this.#reading = true
    try {
      while (this.#changed) {
        this.#changed = false
        const detail = await this.#service.call('sweeps.get', { sweep })
        this.#tell(detail)
        if (detail.state !== 'running') this.#end?.(detail)
      }
    } catch (fault) {
      // A lost connection comes back; anything else ends it.
      if ((fault as { code?: string }).code !== 'service-lost') this.#fail?.(fault)
    } finally {
      this.#reading = false
    }
  }

  #tell(detail: SweepDetail): void {
    const [objective = { metric: 'accuracy' } as const] = detail.spec.objectives
    for (const trial of detail.trials) {
      const stand = `${trial.state} ${trial.target}`
      if (moving.has(trial.state) || this.#told.get(trial.number) === stand) continue
      this.#told.set(trial.number, stand)
      this.#listener.trial(detail, trial, trialValue(trial, objective))
    }
  }
}
