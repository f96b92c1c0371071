/**
 * The window's line to the studio service. It joins or starts the service, passes questions on, and forwards every event. The service is a
 * process of its own: it survives the window. Failed first attempts are repeated with growing pauses, as lost connections are.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { ServiceClient, type ServiceCommand } from '../ipc/service-client.ts'
import type { ConnectionState } from '../ipc/desktop-contract.ts'
import {
  studioContract,
  type StudioEvent,
  type StudioEvents,
  type StudioInput,
  type StudioOutput,
  type StudioProcedure,
} from '../ipc/studio-contract.ts'

export interface ServiceConnectionOptions {
  readonly home: string
  readonly start: ServiceCommand
  readonly onState: (state: ConnectionState) => void
  readonly onEvent: <E extends StudioEvent>(event: E, payload: StudioEvents[E]) => void
}

const retryDelaysMs = [500, 1000, 2000, 5000, 10_000]

export class ServiceConnection {
  readonly #client: ServiceClient
  readonly #options: ServiceConnectionOptions
  #state: ConnectionState = { state: 'connecting', error: null }
  #wake: (() => void) | undefined
  #closed = false

  constructor(options: ServiceConnectionOptions) {
    this.#options = options
    this.#client = new ServiceClient({
      home: options.home,
      client: 'window',
      start: options.start,
      onState: (state, error) => this.#report(state, error),
    })
    for (const event of Object.keys(studioContract.events) as StudioEvent[]) {
      this.#client.on(event, (payload) => options.onEvent(event, payload))
    }
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Runs until the first connection stands; later losses are restored by the client itself. */
  async open(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt++) {
      try {
        await this.#client.open()
        return
      } catch {
        // The state already carries the reason to the window.
      }
      const pause = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)]
      await Promise.race([delay(pause, undefined, { ref: false }), new Promise<void>((wake) => (this.#wake = wake))])
    }
  }

  retryNow(): void {
    this.#wake?.()
    this.#client.retryNow()
  }

  /** Fails at once with `service-lost` while the service is away, so that no question hangs. */
  call<P extends StudioProcedure>(procedure: P, input: StudioInput<P>): Promise<StudioOutput<P>> {
    if (this.#state.state === 'lost') {
      const reason = this.#state.error?.message ?? 'the studio service is away'
      return Promise.reject(new StudioError('service-lost', reason))
    }
    return this.#client.call(procedure, input)
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
    this.#client.close()
  }

  #report(state: ConnectionState['state'], error: StudioError | null): void {
    this.#state = { state, error: error?.toRecord() ?? (state === 'connecting' ? this.#state.error : null) }
    this.#options.onState(this.#state)
  }
}
