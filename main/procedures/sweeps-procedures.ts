/** Searching hyper-parameters: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function sweepsProcedures(_parts: StudioParts) {
  return {}
}
