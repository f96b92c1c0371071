/** Whether the studio service answers. Whoever holds data of the service reloads it through `onConnected`, so nothing is missed in a gap. */
import type { ConnectionState } from '../../app/ipc/desktop-contract.ts'
import type { Bridge } from '../bridge/bridge.ts'

export class Connection {
  current: ConnectionState = $state.raw({ state: 'connecting', error: null })
  readonly connected = $derived(this.current.state === 'connected')
  /** Whether it has been connected since the window opened: a first start looks different from a loss. */
  wasConnected = $state.raw(false)
  readonly #bridge: Bridge
  readonly #listeners = new Set<() => void>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.on('desktop.connectionChanged', (state) => this.#take(state))
  }

  async start(): Promise<void> {
    this.#take(await this.#bridge.call('desktop.connection', {}))
  }

  /** Calls `listener` at every connection, and at once when there is one. Returns the function that ends it. */
  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.connected) listener()
    return () => this.#listeners.delete(listener)
  }

  async retry(): Promise<void> {
    await this.#bridge.call('desktop.reconnect', {})
  }

  #take(state: ConnectionState): void {
    const before = this.current.state
    this.current = state
    if (state.state !== 'connected' || before === 'connected') return
    this.wasConnected = true
    for (const listener of [...this.#listeners]) listener()
  }
}
