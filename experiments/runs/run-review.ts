/** What a person says of a run, and which run it continues. */
import { z } from 'zod'

/** Colours a run can have in tables and charts; the window has a pair of each, for light and dark. */
export const runColours = ['blue', 'copper', 'green', 'violet', 'rose', 'teal', 'amber', 'grey'] as const
/** Runs beside each other are told apart by their colours. */
export const mostCompared = runColours.length
export const runColour = z.enum(runColours)
export type RunColour = z.infer<typeof runColour>

export const runTag = z
  .string()
  .min(1)
  .max(50)
  .regex(/^[^\s,][^,]*$/u, 'a tag has no comma and does not begin with a space')

/** The checkpoint that a branch begins from. */
export const runParent = z.object({ run: z.int(), epoch: z.int(), step: z.int() })
export type RunParent = z.infer<typeof runParent>

export const runReview = z.object({
  parent: runParent.nullable(),
  starred: z.boolean(),
  colour: runColour.nullable(),
  tags: z.array(z.string()),
  /** Markdown; empty where there is none. */
  note: z.string(),
  archived: z.boolean(),
})
export type RunReview = z.infer<typeof runReview>

/** What can be changed of several runs at once. What is left out stays. */
export const reviewChange = z.strictObject({
  starred: z.boolean().optional(),
  colour: runColour.nullable().optional(),
  note: z.string().max(100_000).optional(),
  archived: z.boolean().optional(),
  addTags: z.array(runTag).max(50).optional(),
  removeTags: z.array(z.string().max(50)).max(50).optional(),
})
export type ReviewChange = z.infer<typeof reviewChange>
