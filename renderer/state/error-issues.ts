/** The list of problems that an error of the studio may carry, each with its place. */
import { z } from 'zod'
import type { ErrorRecord } from '../../experiments/errors/studio-error.ts'

const issue = z.object({ code: z.string(), path: z.string(), message: z.string() })
export type FieldIssue = z.infer<typeof issue>

const several = z.object({ issues: z.array(issue).min(1) })
const single = z.object({ path: z.string() })

/** Empty when the error names no place. */
export function issuesOf(error: ErrorRecord): readonly FieldIssue[] {
  const list = several.safeParse(error.details)
  if (list.success) return list.data.issues
  const one = single.safeParse(error.details)
  return one.success ? [{ code: error.code, path: one.data.path, message: error.message }] : []
}
