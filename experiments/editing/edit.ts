/**
 * An edit: a pure step from document to document, with a name for undo. The window, tests and tools make the same edits; only the window
 * keeps a history of them.
 */
import type { Issue } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'

/** What was done. Every language has words for each. */
export type EditKind =
  | 'add'
  | 'delete'
  | 'delete-keeping-wires'
  | 'move'
  | 'arrange'
  | 'align'
  | 'distribute'
  | 'connect'
  | 'reconnect'
  | 'disconnect'
  | 'insert'
  | 'paste'
  | 'cut'
  | 'duplicate'
  | 'set-params'
  | 'set-repeat'
  | 'rename'
  | 'fold'
  | 'unfold'
  | 'group'
  | 'unpack'
  | 'detach-block'
  | 'swap'
  | 'edit-block'
  | 'delete-block'
  | 'add-setting'
  | 'edit-setting'
  | 'delete-setting'
  | 'set-variable'
  | 'delete-variable'
  | 'add-frame'
  | 'add-comment'
  | 'edit-annotation'
  | 'delete-annotation'
  | 'rename-document'
  | 'fix'
  | 'replace'

export interface Edit {
  readonly kind: EditKind
  /** What it was done to: the title of a layer, a parameter, a count. */
  readonly subject?: string
  /** Changes nothing that the network computes: places, folds, frames. Its analysis stays. */
  readonly presentation?: boolean
  apply(document: NetworkDocument): EditOutcome
}

export type EditOutcome =
  | {
      readonly ok: true
      readonly document: NetworkDocument
      /** Ids of nodes and annotations to select afterwards, in the graph that was edited. Undefined: as before. */
      readonly select?: readonly string[]
      /** Where nodes went, so that weights follow: old id or path to new. */
      readonly moved?: ReadonlyMap<string, string>
    }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export function refuseEdit(path: string, message: string, code: Issue['code'] = 'network-structure'): EditOutcome {
  return { ok: false, issues: [{ code, path, message }] }
}

/** Several edits as one, undone together; refused when one is. */
export function together(kind: EditKind, edits: readonly Edit[], subject?: string): Edit {
  return {
    kind,
    ...(subject !== undefined && { subject }),
    presentation: edits.every((edit) => edit.presentation === true),
    apply: (document) => {
      let outcome: EditOutcome = { ok: true, document }
      for (const edit of edits) {
        const before: EditOutcome = outcome
        if (!before.ok) return before
        const after = edit.apply(before.document)
        outcome = after.ok && before.select && !after.select ? { ...after, select: before.select } : after
      }
      return outcome
    },
  }
}
