/** Network documents of the composer: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function documentsProcedures(_parts: StudioParts) {
  return {}
}
