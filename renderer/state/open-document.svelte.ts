/**
 * A network that is open in a tab. Every state goes to the service as soon as it is drawn, also while earlier ones are not answered yet: a
 * killed window loses nothing that was seen.
 */
import type { DocumentRecord } from '../../experiments/documents/document-record.ts'
import { replaceDocument } from '../../experiments/editing/edit-document.ts'
import type { ErrorCode } from '../../experiments/errors/error-codes.ts'
import { StudioError, toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { afterFrame } from './after-frame.ts'
import { NetworkEditor } from './network-editor.svelte.ts'

const sayAfterMs = 250

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
  /** Names this window's states to the service, which lets them follow each other. */
  readonly #writer = crypto.randomUUID()
  /** The state that was sent last; undefined when it was not stored. */
  #sent: NetworkDocument | undefined
  /** States that were sent and not answered. */
  #unanswered = 0
  #answered: Promise<unknown> = Promise.resolve()
  /** Whether the state of another client is on its way here. */
  #taking = false
  /** Takes the save back that comes with the next frame. */
  #pending: (() => void) | undefined
  #slow: ReturnType<typeof setTimeout> | undefined

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
    this.#sent = document
    this.#stopWatching = $effect.root(() => {
      // Writing a large network down takes longer than analysing an edit of it.
      $effect(() => {
        if (this.editor.revision > 0) this.#pending ??= afterFrame(() => void this.save())
      })
    })
  }

  /** Nothing was ever drawn in it: closing forgets it. */
  get isUntouched(): boolean {
    return this.record.origin.kind === 'blank' && this.record.revision === 1 && this.editor.revision === 0
  }

  /** Sends the state of now at once. Resolves when it is stored, or could not be. */
  async save(): Promise<void> {
    this.#pending?.()
    this.#pending = undefined
    const { document } = this.editor
    if (document !== this.#sent && !this.#taking) {
      this.#sent = document
      this.#answered = Promise.all([this.#answered, this.#send(document)])
    }
    await this.#answered
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
    if (this.#pending) void this.save()
    this.#stopWatching()
  }

  async #send(document: NetworkDocument): Promise<void> {
    const { id, record } = this
    const writer = this.#writer
    // Said only where it takes long enough to be read.
    this.#slow ??= setTimeout(() => (this.saveState = 'saving'), sayAfterMs)
    this.#unanswered += 1
    try {
      const stored = await this.#bridge.call('documents.save', { id, revision: record.revision, writer, document })
      if (stored.revision > this.record.revision) this.take(stored)
      this.problem = null
    } catch (fault) {
      this.problem = toErrorRecord(fault)
    }
    this.#unanswered -= 1
    // Answers come in the order of what was sent: the last one counts.
    if (this.#unanswered > 0) return
    clearTimeout(this.#slow)
    this.#slow = undefined
    if (this.problem?.code === 'document-state') await this.#takeStored()
    if (this.problem) this.#sent = undefined
    this.saveState = this.problem ? 'waiting' : 'saved'
  }

  /** Another client was faster: its state counts, ours was kept as a version, and one step of undo brings it back here. */
  async #takeStored(): Promise<void> {
    this.#taking = true
    try {
      const { record, document } = await this.#bridge.call('documents.open', { id: this.id })
      this.take(record)
      this.editor.apply(replaceDocument(document))
      this.#sent = document
      this.problem = null
    } catch (fault) {
      this.problem = toErrorRecord(fault)
    } finally {
      this.#taking = false
    }
  }
}
