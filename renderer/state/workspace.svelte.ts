/** The networks that are open for drawing, in the order of their tabs. */
import { blankDocument } from '../../experiments/editing/edit-document.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { NetworkEditor } from './network-editor.svelte.ts'

export class Workspace {
  editors: readonly NetworkEditor[] = $state.raw([])

  get(key: string | undefined): NetworkEditor | undefined {
    return this.editors.find((editor) => editor.key === key)
  }

  open(document: NetworkDocument, key?: string): NetworkEditor {
    const editor = new NetworkEditor(document, key)
    this.editors = [...this.editors, editor]
    return editor
  }

  openBlank(name: string): NetworkEditor {
    return this.open(blankDocument(name))
  }

  close(editor: NetworkEditor): void {
    this.editors = this.editors.filter((other) => other !== editor)
  }
}
