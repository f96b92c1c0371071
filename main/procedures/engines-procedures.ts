/** Engines and devices: what the service answers. */
import type { EngineReport } from '../../experiments/engines/engine-report.ts'
import type { StudioParts } from './studio-parts.ts'

export function enginesProcedures({ engines }: StudioParts) {
  return {
    'engines.check': (): Promise<EngineReport[]> => engines.check(),
  }
}
