/** Evaluation, ensembles and looking inside networks: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function evaluationProcedures(_parts: StudioParts) {
  return {}
}
