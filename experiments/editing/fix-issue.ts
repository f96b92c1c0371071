/**
 * Edits that would end an issue, wherever in the network it is. Each is tried first: only what ends the issue without making another is offered.
 */
import type { Issue } from '../errors/studio-error.ts'
import { checkDataset, type DatasetShape } from '../network/check-network.ts'
import { lowerNetwork, type LoweredNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import type { Edit } from './edit.ts'
import { LayerFixes } from './fix-layer.ts'
import { studioBlockFixes } from './fix-studio-block.ts'
import { placeOfIssue } from './issue-place.ts'

export type FixKind = 'flatten' | 'projection' | 'padding' | 'classes' | 'image-size' | 'setting'

export interface Fix {
  readonly kind: FixKind
  readonly edit: Edit
  /** Which setting of the block around the issue gets which value. */
  readonly setting?: { readonly label: string; readonly value: string }
  /** Id of the studio block that becomes the document's own by it. */
  readonly opens?: string
}

export interface FixContext {
  readonly document: NetworkDocument
  readonly lowered: LoweredNetwork
  /** Whose issues count too. */
  readonly dataset?: DatasetShape | undefined
}

export function fixesOf(issue: Issue, context: FixContext): readonly Fix[] {
  const { document, dataset } = context
  const before = issuesOf(document, dataset)
  return candidates(issue, context).filter(({ edit }) => {
    const outcome = edit.apply(document)
    if (!outcome.ok) return false
    const after = issuesOf(outcome.document, dataset)
    return after.length < before.length && !after.some(({ path, code }) => path === issue.path && code === issue.code)
  })
}

function candidates(issue: Issue, context: FixContext): readonly Fix[] {
  const at = issue.node === undefined ? undefined : placeOfIssue(context.document, issue.node)
  if (!at) return []
  if (at.isInside) return studioBlockFixes(issue, at, context, fixesOf)
  return new LayerFixes(issue, at.node, { ...context, place: at.place, prefix: at.prefix }).candidates()
}

/** Many issues of one block have the same candidates. */
const known = new Map<string, readonly Issue[]>()
const kept = 64

function issuesOf(document: NetworkDocument, dataset: DatasetShape | undefined): readonly Issue[] {
  const key = JSON.stringify([document, dataset])
  const found = known.get(key)
  if (found) return found
  const lowered = lowerNetwork(document, { mode: 'inference', batch: 1 })
  const all = dataset ? [...lowered.issues, ...checkDataset(lowered, dataset)] : lowered.issues
  const issues = all.filter(({ severity }) => severity !== 'warning')
  if (known.size >= kept) known.clear()
  known.set(key, issues)
  return issues
}
