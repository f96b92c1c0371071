/** Searching hyper-parameters: procedures and events. */
import type { Contract } from '../contract.ts'

export const sweepsContract = {
  procedures: {},
  events: {},
} satisfies Contract
