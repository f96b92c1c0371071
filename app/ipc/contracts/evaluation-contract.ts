/** Evaluation, ensembles and looking inside networks: procedures and events. */
import type { Contract } from '../contract.ts'

export const evaluationContract = {
  procedures: {},
  events: {},
} satisfies Contract
