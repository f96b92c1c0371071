/** What can be done with networks as documents, once: menus, keys, the command palette and buttons all take it from here. */
import type { DocumentOrigin } from '../../experiments/documents/document-record.ts'
import { blankDocument } from '../../experiments/editing/edit-document.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { drawNetwork } from '../../experiments/picture/draw-network.ts'
import { pictureColours } from '../../experiments/picture/picture-colours.ts'
import { pictureToSvg } from '../../experiments/picture/picture-to-svg.ts'
import type { TakenFile } from '../../app/ipc/desktop-contract.ts'
import { i18n } from '../i18n/i18n.svelte.ts'
import type { OpenDocument } from './open-document.svelte.ts'
import { pictureToPng } from './picture-to-png.ts'
import type { Studio } from './studio.svelte.ts'

export class DocumentActions {
  readonly #studio: Studio

  constructor(studio: Studio) {
    this.#studio = studio
  }

  newBlank(): Promise<void> {
    return this.create(blankDocument(i18n.t.composer.untitled), { kind: 'blank' })
  }

  create(document: NetworkDocument, origin: DocumentOrigin): Promise<void> {
    return this.#attempt(() => this.#studio.workspace.create(document, origin))
  }

  open(id: number): Promise<void> {
    return this.#attempt(() => this.#studio.workspace.open(id))
  }

  /** Asks which files. */
  openFiles(): Promise<void> {
    return this.#attempt(async () => {
      for (const opened of await this.#studio.bridge.call('desktop.openNetworks', {})) await this.#take(opened)
    })
  }

  /** One after the other; a file that cannot be read does not keep the others out. */
  async openDropped(files: readonly File[]): Promise<void> {
    for (const file of files) await this.#attempt(async () => this.#take(await this.#studio.bridge.openDropped(file)))
  }

  /** The network that a run trained, to go on drawing with its weights. */
  fromRun(run: number): Promise<void> {
    return this.#attempt(async () => {
      const { name, networkDocument } = await this.#studio.bridge.call('runs.get', { run })
      const document = networkDocument as unknown as NetworkDocument
      await this.#studio.workspace.create({ ...document, name }, { kind: 'run', run, name: name.slice(0, 200) })
    })
  }

  save(document: OpenDocument, as: boolean): Promise<void> {
    return this.#attempt(async () => {
      await document.settle()
      const record = await this.#studio.bridge.call('desktop.saveNetwork', { id: document.id, as })
      if (!record) return
      document.take(record)
      this.#studio.toasts.show(i18n.t.documents.written(record.fileName ?? ''))
    })
  }

  async exportOnnx(document: OpenDocument, softmax: boolean, seed: number): Promise<void> {
    const { id } = document
    await document.settle()
    const written = await this.#studio.bridge.call('desktop.exportOnnx', { id, softmax, seed })
    if (!written) return
    const { fileName, bytes, opset } = written
    this.#studio.toasts.show(i18n.t.documents.exported(fileName, i18n.format.bytes(bytes), opset))
  }

  exportPicture(document: OpenDocument, format: 'svg' | 'png'): Promise<void> {
    return this.#attempt(async () => {
      const { editor } = document
      const dark = matchMedia('(prefers-color-scheme: dark)').matches
      const drawn = drawNetwork(editor.document, {
        colours: pictureColours[dark ? 'dark' : 'light'],
        analysis: editor.analysis,
        titleOf: (type) => i18n.t.layerTitles[type] ?? i18n.t.blockTitles[type],
      })
      const picture =
        format === 'svg'
          ? ({ format, text: pictureToSvg(drawn) } as const)
          : ({ format, bytes: await pictureToPng(drawn) } as const)
      const written = await this.#studio.bridge.call('desktop.savePicture', { name: editor.document.name, picture })
      if (written) this.#studio.toasts.show(i18n.t.documents.written(written.fileName))
    })
  }

  duplicate(document: OpenDocument): Promise<void> {
    const name = i18n.t.documents.copyOf(document.editor.document.name)
    return this.#attempt(() => this.#studio.workspace.duplicate(document, name.slice(0, 200)))
  }

  close(document: OpenDocument): Promise<void> {
    return this.#attempt(() => this.#studio.workspace.close(document))
  }

  delete(id: number, name: string): Promise<void> {
    const { workspace, toasts } = this.#studio
    return this.#attempt(async () => {
      await workspace.delete([id])
      toasts.show(i18n.t.documents.deleted(name), {
        action: { label: i18n.t.app.undo, run: () => void this.#attempt(() => workspace.restore([id])) },
      })
    })
  }

  async #take(taken: TakenFile): Promise<void> {
    if ('block' in taken) return this.#studio.savedBlocks.taken([taken.block])
    const opened = taken.network
    const document = await this.#studio.workspace.take(opened)
    const [first] = opened.warnings
    if (first)
      this.#studio.toasts.show(
        i18n.t.documents.importNotes(document.record.name, opened.warnings.length, first.message),
      )
  }

  #attempt(action: () => Promise<unknown>): Promise<void> {
    return this.#studio.attempt(action)
  }
}
