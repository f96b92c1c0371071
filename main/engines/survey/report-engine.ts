/** Asks an engine about this machine, in this process. */
import os from 'node:os'
import type { Engine } from '../engine.ts'
import type { EngineReport } from '../../../experiments/engines/engine-report.ts'

export async function reportEngine(engine: Engine): Promise<EngineReport> {
  const { id, title, version, available, reason, devices } = await engine.describe()
  return {
    ...{ id, title, available },
    version: version === '' ? null : version,
    reason: reason === '' ? null : reason,
    install: engine.install?.() ?? null,
    devices: devices.map((device) => ({
      id: device.id,
      title: device.title,
      memoryBytes: device.memoryBytes ?? null,
      threads: device.id === 'cpu' ? os.availableParallelism() : null,
      float16: device.available ? (device.float16 ?? null) : null,
      available: device.available,
      reason: device.reason === '' ? null : device.reason,
    })),
  }
}

/** For an engine that could not be asked. */
export function absentEngine(engine: Engine, reason: string): EngineReport {
  const { id, title } = engine
  const version = engine.version()
  return {
    id,
    title,
    version: version === '' ? null : version,
    available: false,
    reason,
    devices: [],
    install: engine.install?.() ?? null,
  }
}
