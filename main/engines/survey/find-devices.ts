/** Which devices of the engines here would do for what an experiment asks. */
import { anyGpu, processorDevice } from '../../../experiments/engines/device-request.ts'
import type { EngineReport } from '../../../experiments/engines/engine-report.ts'

/** A device, by the engine that would use it. */
export interface DevicePlace {
  readonly engine: string
  readonly device: string
}

/**
 * The devices of `reports` that can be used and are asked for, the preferred first. Any graphics card is one of the first engine that has
 * some: the same card may be seen by several engines, and would count twice.
 * @param engine only devices of this engine
 */
export function findDevices(
  reports: readonly EngineReport[],
  device: string,
  engine: string | undefined,
): readonly DevicePlace[] {
  const isWanted = (id: string): boolean => (device === anyGpu ? id !== processorDevice : id === device)
  for (const report of reports) {
    if (engine !== undefined && report.id !== engine) continue
    const found = report.devices.filter(({ id, available }) => available && isWanted(id))
    if (found.length > 0) return found.map(({ id }) => ({ engine: report.id, device: id }))
  }
  return []
}

/** Why none was found: what there is, and the reason of each engine that is absent. */
export function devicesInWords(reports: readonly EngineReport[]): string {
  const there = reports.flatMap(({ devices }) => devices.filter(({ available }) => available).map(({ id }) => id))
  const absent = reports.filter(({ available }) => !available).map(({ title, reason }) => `${title}: ${reason ?? ''}`)
  const list = `this machine has ${[...new Set(there)].join(', ') || 'no device'}`
  return absent.length === 0 ? list : `${list} (${absent.join('; ')})`
}
