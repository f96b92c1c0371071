/** What the edits of blocks return: the changed document, or why not. */
import type { Issue } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'

export type BlockEdit =
  | {
      readonly ok: true
      readonly document: NetworkDocument
      /** Where nodes went: old id or path to new id or path. Weights move along: `conv1.kernel` becomes `stem/conv1.kernel`. */
      readonly moved: ReadonlyMap<string, string>
    }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export function refuse(code: Issue['code'], path: string, message: string): BlockEdit {
  return { ok: false, issues: [{ code, path, message }] }
}

/** `wanted`, or with the first number behind it that makes it free. */
export function freeId(wanted: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(wanted)) return wanted
  for (let i = 2; ; i++) if (!isTaken(`${wanted}-${i}`)) return `${wanted}-${i}`
}
