/** Network documents of the composer: procedures and events. */
import type { Contract } from '../contract.ts'

export const documentsContract = {
  procedures: {},
  events: {},
} satisfies Contract
