/** What this computer and this studio are made of: asked when Settings opens, and again on demand. */
import type { DoctorReport } from '../../app/ipc/studio-contract.ts'
import type { DesktopOutput } from '../../app/ipc/desktop-contract.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { EngineInstallProgress, InstallableEngine } from '../../experiments/engines/engine-report.ts'
import type { Bridge } from '../bridge/bridge.ts'

export class SystemReport {
  desktop: DesktopOutput<'desktop.info'> | undefined = $state.raw()
  doctor: DoctorReport | undefined = $state.raw()
  error: ErrorRecord | undefined = $state.raw()
  busy = $state.raw(false)
  /** Of the engine that is being installed or removed. */
  installing: (Pick<EngineInstallProgress, 'engine'> & Partial<EngineInstallProgress>) | undefined = $state.raw()
  /** Why the last install or removal failed, and of which engine. */
  installProblem: { readonly engine: InstallableEngine; readonly error: ErrorRecord } | undefined = $state.raw()
  #isRefreshing = false
  readonly #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.on('engines.progress', (progress) => {
      this.installing = progress
    })
  }

  /** @param again looks at the engines anew */
  async refresh(again = false): Promise<void> {
    // Not `busy`: an effect that refreshes would depend on it, and run again with each end.
    if (this.#isRefreshing) return
    this.#isRefreshing = true
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
      this.#isRefreshing = false
    }
  }

  /** Installs an engine into the home folder: takes minutes, and may be told by another window as well. */
  installEngine(engine: InstallableEngine): Promise<void> {
    return this.#change(engine, () => this.#bridge.call('engines.install', { engine }))
  }

  /** What was downloaded is kept for the next install. */
  async cancelInstall(engine: InstallableEngine): Promise<void> {
    await this.#bridge.call('engines.cancelInstall', { engine })
  }

  removeEngine(engine: InstallableEngine): Promise<void> {
    return this.#change(engine, () => this.#bridge.call('engines.remove', { engine }))
  }

  async #change(engine: InstallableEngine, change: () => Promise<unknown>): Promise<void> {
    if (this.installing) return
    this.installing = { engine }
    this.installProblem = undefined
    try {
      await change()
    } catch (fault) {
      const error = toErrorRecord(fault)
      if (error.code !== 'cancelled') this.installProblem = { engine, error }
    }
    try {
      this.doctor = await this.#bridge.call('doctor', {})
    } catch (fault) {
      this.error = toErrorRecord(fault)
    } finally {
      this.installing = undefined
    }
  }

  async revealHome(): Promise<void> {
    await this.#bridge.call('desktop.revealHome', {})
  }
}
