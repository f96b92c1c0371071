/** Imported datasets and augmentation: procedures and events. */
import type { Contract } from '../contract.ts'

export const augmentationContract = {
  procedures: {},
  events: {},
} satisfies Contract
