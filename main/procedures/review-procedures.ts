/** Reviewing, diffing and branching runs: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function reviewProcedures(_parts: StudioParts) {
  return {}
}
