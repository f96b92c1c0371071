/** Blocks of the palette: procedures. */
import { z } from 'zod'
import { savedBlockId, savedBlockRecord } from '../../../experiments/documents/saved-block.ts'
import type { Contract } from '../contract.ts'

const nothing = z.strictObject({})
const several = z.strictObject({ ids: z.array(savedBlockId).min(1).max(1000) })
const file = z.string().min(1)

export const blocksContract = {
  procedures: {
    /** By title; one that cannot be used is among them, with the reason. */
    'blocks.list': { input: nothing, output: z.array(savedBlockRecord) },
    /** `block` is a SavedBlock; what is wrong with it is the answer. */
    'blocks.save': { input: z.strictObject({ block: z.unknown() }), output: savedBlockRecord },
    'blocks.rename': {
      input: z.strictObject({ id: savedBlockId, title: z.string().trim().min(1).max(200) }),
      output: savedBlockRecord,
    },
    'blocks.delete': { input: several, output: nothing },
    'blocks.restore': { input: several, output: nothing },
    // Those below take paths: not for the window.
    'blocks.importFile': { input: z.strictObject({ file }), output: savedBlockRecord },
    'blocks.exportFile': { input: z.strictObject({ id: savedBlockId, file }), output: nothing },
  },
  events: {},
} satisfies Contract
