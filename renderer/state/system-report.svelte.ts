/** What this computer and this studio are made of: asked when Settings opens, and again on demand. */
import type { DoctorReport } from '../../app/ipc/studio-contract.ts'
import type { DesktopOutput } from '../../app/ipc/desktop-contract.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { Bridge } from '../bridge/bridge.ts'

export class SystemReport {
  desktop: DesktopOutput<'desktop.info'> | undefined = $state.raw()
  doctor: DoctorReport | undefined = $state.raw()
  error: ErrorRecord | undefined = $state.raw()
  busy = $state.raw(false)
  readonly #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** @param again looks at the engines anew */
  async refresh(again = false): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.error = undefined
    try {
      this.desktop = await this.#bridge.call('desktop.info', {})
      if (again) await this.#bridge.call('engines.check', {})
      this.doctor = await this.#bridge.call('doctor', {})
    } catch (fault) {
      this.error = toErrorRecord(fault)
    } finally {
      this.busy = false
    }
  }

  async revealHome(): Promise<void> {
    await this.#bridge.call('desktop.revealHome', {})
  }
}
