/** Imported datasets and augmentation: what the service answers. */
import type { StudioParts } from './studio-parts.ts'

export function augmentationProcedures(_parts: StudioParts) {
  return {}
}
