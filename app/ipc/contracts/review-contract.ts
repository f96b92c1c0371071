/** Reviewing, diffing and branching runs: procedures and events. */
import type { Contract } from '../contract.ts'

export const reviewContract = {
  procedures: {},
  events: {},
} satisfies Contract
