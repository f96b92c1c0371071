/** Engines and devices: procedures and events. */
import type { Contract } from '../contract.ts'

export const enginesContract = {
  procedures: {},
  events: {},
} satisfies Contract
