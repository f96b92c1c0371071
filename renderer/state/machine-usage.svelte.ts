/** How busy the whole machine is, asked for only while it is looked at. */
import type { MachineUsage } from '../../experiments/queue/job-record.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connection } from './connection.svelte.ts'

/** As often as the service measures. */
const askEveryMs = 2000

export class MachineUsageState {
  current: MachineUsage | undefined = $state.raw()
  readonly #bridge: Bridge
  readonly #connection: Connection
  readonly #leave: () => void
  readonly #onVisible = (): void => void this.#ask()
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking = false
  #closed = false

  constructor(bridge: Bridge, connection: Connection) {
    this.#bridge = bridge
    this.#connection = connection
    document.addEventListener('visibilitychange', this.#onVisible)
    this.#leave = connection.onConnected(() => void this.#ask())
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#onVisible)
    this.#leave()
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#closed || document.hidden || !this.#connection.connected) return
    clearTimeout(this.#timer)
    this.#asking = true
    try {
      this.current = await this.#bridge.call('queue.machine', {})
      // Once more after it was closed ends in the first line.
      this.#timer = setTimeout(() => void this.#ask(), askEveryMs)
    } catch {
      // The service is away, or nothing can be measured here: the next connection or look at the window asks again.
      this.current = undefined
    } finally {
      this.#asking = false
    }
  }
}
