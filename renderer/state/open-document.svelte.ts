/**
 * A network that is open in a tab. Every state goes to the service as soon as it is there, one message after the other: a killed window loses at
 * most what was done while the last one was on its way.
 */
import type { DocumentRecord } from '../../experiments/documents/document-record.ts'
import { replaceDocument } from '../../experiments/editing/edit-document.ts'
import type { ErrorCode } from '../../experiments/errors/error-codes.ts'
import { StudioError, toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { NetworkEditor } from './network-editor.svelte.ts'

export type SaveState = 'saved' | 'saving' | 'waiting'

export class OpenDocument {
  readonly id: number
  /** Stands in the address of the window. */
  readonly key: string
  readonly editor: NetworkEditor
  record: DocumentRecord = $state.raw() as DocumentRecord
  saveState: SaveState = $state.raw('saved')
  /** Why the last state is not stored. */
  problem: ErrorRecord | null = $state.raw(null)
  readonly #bridge: Bridge
  readonly #onchanged: (document: OpenDocument) => void
  readonly #stopWatching: () => void
  #stored: NetworkDocument
  #saving: Promise<void> | undefined

  constructor(
    bridge: Bridge,
    { record, document }: { readonly record: DocumentRecord; readonly document: NetworkDocument },
    onchanged: (document: OpenDocument) => void,
  ) {
    this.#bridge = bridge
    this.#onchanged = onchanged
    this.id = record.id
    this.key = String(record.id)
    this.record = record
    this.editor = new NetworkEditor(document, this.key)
    this.#stored = document
    this.#stopWatching = $effect.root(() => {
      $effect(() => {
        if (this.editor.revision > 0) void this.save()
      })
    })
  }

  /** Nothing was ever drawn in it: closing forgets it. */
  get isUntouched(): boolean {
    return this.record.origin.kind === 'blank' && this.record.revision === 1 && this.editor.revision === 0
  }

  /** Resolves when the state of now is stored, or could not be. */
  save(): Promise<void> {
    this.#saving ??= this.#store().finally(() => (this.#saving = undefined))
    return this.#saving
  }

  /** For what reads the stored state. @throws StudioError when it could not be stored */
  async settle(): Promise<void> {
    await this.save()
    if (!this.problem) return
    const { code, message, details } = this.problem
    throw new StudioError(code as ErrorCode, message, details)
  }

  take(record: DocumentRecord): void {
    this.record = record
    this.#onchanged(this)
  }

  close(): void {
    this.#stopWatching()
  }

  async #store(): Promise<void> {
    while (this.editor.document !== this.#stored) {
      const { document } = this.editor
      this.saveState = 'saving'
      try {
        const { id, record } = this
        this.take(await this.#bridge.call('documents.save', { id, revision: record.revision, document }))
        this.#stored = document
      } catch (fault) {
        this.problem = toErrorRecord(fault)
        if (this.problem.code === 'document-state') await this.#takeStored()
        else {
          this.saveState = 'waiting'
          return
        }
      }
    }
    this.problem = null
    this.saveState = 'saved'
  }

  /** Another client was faster: its state counts, ours was kept as a version, and one step of undo brings it back here. */
  async #takeStored(): Promise<void> {
    const { record, document } = await this.#bridge.call('documents.open', { id: this.id })
    this.#stored = document
    this.take(record)
    this.editor.apply(replaceDocument(document))
  }
}
