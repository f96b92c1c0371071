/**
 * Follows one run from its first step to its end, each step and epoch exactly once and in order, also when the connection to the service
 * breaks in between: what was missed is read from the store.
 */
import type { EpochResult, RunDetail, RunSummary } from '../../experiments/runs/run-record.ts'
import type { ServiceClient } from '../ipc/service-client.ts'
import type { StudioEvents } from '../ipc/studio-contract.ts'

export interface RunListener {
  started(run: RunSummary): void
  step(step: number, loss: number): void
  epoch(result: EpochResult): void
  progress(run: RunSummary): void
  /** The connection broke; following goes on once it is back. */
  lost(reason: string): void
}

type Recorded =
  | { readonly type: 'metrics'; readonly payload: StudioEvents['run.metrics'] }
  | { readonly type: 'epoch'; readonly payload: StudioEvents['run.epoch'] }
  | { readonly type: 'changed'; readonly payload: StudioEvents['run.changed'] }

export class RunFollower {
  readonly #service: ServiceClient
  readonly #listener: RunListener
  readonly #early: Recorded[] = []
  #run: number | undefined
  #started = false
  #lastStep = 0
  #lastEpoch = 0
  #finish: (() => void) | undefined
  readonly #finished: Promise<void>

  /** Listens at once, so that nothing of a run that is started next is missed. */
  constructor(service: ServiceClient, listener: RunListener) {
    this.#service = service
    this.#listener = listener
    this.#finished = new Promise((resolve) => (this.#finish = resolve))
    service.on('run.metrics', (payload) => this.#take({ type: 'metrics', payload }))
    service.on('run.epoch', (payload) => this.#take({ type: 'epoch', payload }))
    service.on('run.changed', (payload) => this.#take({ type: 'changed', payload }))
    service.on('runs.changed', ({ runs }) => runs.forEach((payload) => this.#take({ type: 'changed', payload })))
    service.onLost((error) => listener.lost(error.message))
    service.onConnected(() => void this.#catchUp())
  }

  /** Resolves with the run's final state. */
  async follow(run: number): Promise<RunDetail> {
    this.#run = run
    for (const recorded of this.#early.splice(0)) this.#take(recorded)
    await this.#finished
    await this.#catchUp()
    return this.#service.call('runs.get', { run })
  }

  #take(recorded: Recorded): void {
    if (this.#run === undefined) {
      this.#early.push(recorded)
      return
    }
    const { type, payload } = recorded
    if (type === 'changed') {
      if (payload.id === this.#run) this.#changed(payload)
    } else if (payload.run === this.#run) {
      if (type === 'metrics') this.#steps(payload.points)
      else this.#epoch(payload.result)
    }
  }

  #steps(points: StudioEvents['run.metrics']['points']): void {
    for (const { split, name, step, value } of points) {
      if (split !== 'train' || name !== 'loss' || step <= this.#lastStep) continue
      this.#lastStep = step
      this.#listener.step(step, value)
    }
  }

  #epoch(result: EpochResult): void {
    if (result.epoch <= this.#lastEpoch) return
    this.#lastEpoch = result.epoch
    this.#listener.epoch(result)
  }

  #changed(run: RunSummary): void {
    if (!this.#started && run.startedAt !== null) {
      this.#started = true
      this.#listener.started(run)
    }
    this.#listener.progress(run)
    if (run.status === 'finished' || run.status === 'failed' || run.status === 'stopped') this.#finish?.()
  }

  /** Reads what events may have been missed from the store, in the order in which it happened. */
  async #catchUp(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    const [detail, series] = await Promise.all([
      this.#service.call('runs.get', { run }),
      this.#service.call('runs.metrics', { run }),
    ])
    const loss = series.find(({ split, name }) => split === 'train' && name === 'loss')
    const epochs = detail.epochs.filter(({ epoch }) => epoch > this.#lastEpoch)
    loss?.steps.forEach((step, index) => {
      while (epochs[0] && epochs[0].step < step) this.#epoch(epochs.shift() as EpochResult)
      const value = loss.values[index]
      if (step > this.#lastStep && value !== undefined) {
        this.#lastStep = step
        this.#listener.step(step, value)
      }
    })
    for (const result of epochs) this.#epoch(result)
    this.#changed(detail)
  }
}
