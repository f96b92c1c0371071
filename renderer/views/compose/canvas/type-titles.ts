/** What a layer or block is called in the person's language; the definition's own title where there is no translation. */
import type { Messages } from '../../../i18n/en.ts'

export function titleOf(t: Messages, type: string, fallback: string): string {
  return t.layerTitles[type] ?? t.blockTitles[type] ?? fallback
}
