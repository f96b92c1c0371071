/** Which Electron the studio's window runs on, for `doctor`: the service itself never loads it. */
import { resolveElectronRuntime } from '../setup/electron-runtime.mjs'

export interface ElectronRuntimeReport {
  readonly version: string | null
  readonly source: string
  readonly detail: string
}

export function readElectronRuntime(): ElectronRuntimeReport {
  const runtime = resolveElectronRuntime(import.meta.dirname)
  if (runtime) return { version: runtime.version, source: runtime.source, detail: runtime.detail }
  return { version: null, source: 'none', detail: 'no Electron is prepared here; `npm start` prepares one' }
}
