/** The night queue: procedures and events. */
import type { Contract } from '../contract.ts'

export const queueContract = {
  procedures: {},
  events: {},
} satisfies Contract
