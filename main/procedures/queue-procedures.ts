/** The night queue: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function queueProcedures(_parts: StudioParts) {
  return {}
}
