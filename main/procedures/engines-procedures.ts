/** Engines and devices: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function enginesProcedures(_parts: StudioParts) {
  return {}
}
