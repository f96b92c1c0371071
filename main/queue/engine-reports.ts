/** What the engines of this machine say of themselves, and which one an experiment gets. */
import os from 'node:os'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { engineNamed, engines } from '../engines/registry.ts'

/** As in the report of `doctor`. */
export interface EngineReport {
  id: string
  title: string
  version: string | null
  available: boolean
  /** Why it cannot be used, and what would make it usable. */
  reason: string | null
  /** Those that can be used. */
  devices: { id: string; title: string; threads: number | null }[]
}

export async function describeEngines(): Promise<EngineReport[]> {
  const described = await Promise.all(engines.map((engine) => engine.describe()))
  return described.map(({ id, title, version, available, reason, devices }) => ({
    id,
    title,
    version: version === '' ? null : version,
    available,
    reason: reason === '' ? null : reason,
    devices: devices
      .filter((device) => device.available)
      .map((device) => ({
        id: device.id,
        title: device.title,
        threads: device.id === 'cpu' ? os.availableParallelism() : null,
      })),
  }))
}

/** The engine with this id, or the first available one. Throws `engine-unavailable` with the reason. */
export function chooseEngine(id: string | undefined, reports: readonly EngineReport[]): EngineReport {
  if (id !== undefined) engineNamed(id)
  const candidates = id === undefined ? reports : reports.filter((report) => report.id === id)
  const usable = candidates.find(({ available }) => available)
  if (usable !== undefined) return usable
  const reasons = candidates.map((report) => `${report.title}: ${report.reason ?? 'no reason given'}`).join('; ')
  throw new StudioError('engine-unavailable', `no engine can be used on this machine: ${reasons}`, { reasons })
}
