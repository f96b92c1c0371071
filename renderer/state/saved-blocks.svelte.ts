/** The blocks that were saved to the palette, and everything that can be done with them there. The service keeps them. */
import { titleOfBlock, type SavedBlock, type SavedBlockRecord } from '../../experiments/documents/saved-block.ts'
import { i18n } from '../i18n/i18n.svelte.ts'
import type { Studio } from './studio.svelte.ts'

export class SavedBlocks {
  /** By title. */
  all: readonly SavedBlockRecord[] = $state.raw([])
  readonly #studio: Studio

  constructor(studio: Studio) {
    this.#studio = studio
    studio.connection.onConnected(() => void studio.attempt(() => this.#reload()))
  }

  get(id: number): SavedBlockRecord | undefined {
    return this.all.find((block) => block.id === id)
  }

  /** Another one of the same title gives way; both can be undone. */
  save(block: SavedBlock): Promise<void> {
    const title = titleOfBlock(block)
    const replaced = this.all.filter((other) => other.title === title).map(({ id }) => id)
    return this.#change(async () => {
      const { id } = await this.#studio.bridge.call('blocks.save', { block })
      if (replaced.length > 0) await this.#studio.bridge.call('blocks.delete', { ids: replaced })
      const { saved, replacedBlock } = i18n.t.composer.palette
      this.#told((replaced.length > 0 ? replacedBlock : saved)(title), async () => {
        await this.#studio.bridge.call('blocks.delete', { ids: [id] })
        if (replaced.length > 0) await this.#studio.bridge.call('blocks.restore', { ids: replaced })
      })
    })
  }

  rename(id: number, title: string): Promise<void> {
    return this.#change(() => this.#studio.bridge.call('blocks.rename', { id, title }))
  }

  delete(id: number): Promise<void> {
    const title = this.get(id)?.title ?? ''
    return this.#change(async () => {
      await this.#studio.bridge.call('blocks.delete', { ids: [id] })
      this.#told(i18n.t.composer.palette.deleted(title), () =>
        this.#studio.bridge.call('blocks.restore', { ids: [id] }),
      )
    })
  }

  /** Asks which files. */
  importFiles(): Promise<void> {
    return this.#change(async () => this.taken(await this.#studio.bridge.call('desktop.importBlocks', {})))
  }

  /** Asks where to. */
  exportFile(id: number): Promise<void> {
    return this.#studio.attempt(async () => {
      const written = await this.#studio.bridge.call('desktop.exportBlock', { id })
      if (written) this.#studio.toasts.show(i18n.t.documents.written(written.fileName))
    })
  }

  /** Blocks that came by files. */
  async taken(records: readonly SavedBlockRecord[]): Promise<void> {
    if (records.length === 0) return
    await this.#reload()
    this.#studio.toasts.show(i18n.t.composer.palette.imported(records.map(({ title }) => title).join(', ')))
  }

  async #reload(): Promise<void> {
    this.all = await this.#studio.bridge.call('blocks.list', {})
  }

  #change(action: () => Promise<unknown>): Promise<void> {
    return this.#studio.attempt(async () => {
      await action()
      await this.#reload()
    })
  }

  #told(text: string, undo: () => Promise<unknown>): void {
    this.#studio.toasts.show(text, { action: { label: i18n.t.app.undo, run: () => void this.#change(undo) } })
  }
}
