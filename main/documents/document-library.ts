/**
 * The documents of a studio. Every state that the window has is stored at once, so a killed window loses nothing; older states are kept as
 * versions, from time to time and before anything replaces a whole document.
 */
import path from 'node:path'
import type {
  DocumentOrigin,
  DocumentRecord,
  DocumentVersion,
  DocumentWeights,
} from '../../experiments/documents/document-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { importOnnx } from '../onnx-exchange/import-into-home.ts'
import type { StoredDocument } from '../store/document-table.ts'
import type { Store } from '../store/open-store.ts'
import { readNetworkFile, writeNetworkFile } from './network-file.ts'

/** While somebody edits, a state at least this old is kept on its own. */
const versionEveryMs = 10 * 60_000

export interface OpenedDocument {
  readonly record: DocumentRecord
  readonly document: NetworkDocument
}

export interface OpenedFile extends OpenedDocument {
  /** What an import left out. */
  readonly warnings: readonly { readonly path: string; readonly message: string }[]
}

export interface SaveRequest {
  readonly id: number
  /** The one that the change was made on. */
  readonly revision: number
  /** Who may send the next state before this one is answered, on the same revision. */
  readonly writer?: string | undefined
  readonly document: NetworkDocument
}

/** States that one writer stored one after the other, with nobody else between them. */
interface Streak {
  readonly writer: string
  /** Revision that the first was made on. */
  readonly from: number
  /** Revision that the last became. */
  readonly to: number
}

export class DocumentLibrary {
  private readonly store: Store
  private readonly home: string
  private readonly now: () => number
  private readonly streaks = new Map<number, Streak>()

  constructor(store: Store, home: string, now: () => number = Date.now) {
    this.store = store
    this.home = home
    this.now = now
  }

  /** @throws StudioError `run-not-found` when it shall come from a run that is not there */
  create(document: NetworkDocument, origin: DocumentOrigin): OpenedDocument {
    return this.add(document, origin, this.weightsOf(origin))
  }

  open(id: number): OpenedDocument {
    this.store.documents.touch(id)
    return opened(this.store.documents.get(id))
  }

  /** Stores the newest state. @throws StudioError `document-state` when the stored state is another one; what was sent is kept as a version */
  save({ id, revision: basis, document, writer }: SaveRequest): DocumentRecord {
    const stored = this.store.documents.get(id)
    const streak = this.streaks.get(id)
    const follows =
      writer !== undefined && streak?.writer === writer && streak.to === stored.record.revision && basis >= streak.from
    if (stored.record.revision !== basis && !follows) {
      this.keep(id, { ...stored, document }, null)
      throw new StudioError(
        'document-state',
        `${stored.record.name} was changed elsewhere (state ${stored.record.revision}, the change is based on ${basis}); the change is kept as a version`,
        { id, revision: stored.record.revision },
      )
    }
    const record = this.store.transaction(() => {
      if (this.isVersionDue(stored)) this.keep(id, stored, null)
      this.store.documents.change(id, document)
      return this.store.documents.get(id).record
    })
    if (writer === undefined) this.streaks.delete(id)
    else this.streaks.set(id, { writer, from: follows ? streak.from : basis, to: record.revision })
    return record
  }

  duplicate(id: number, name: string): OpenedDocument {
    const { record, document } = this.store.documents.get(id)
    const origin: DocumentOrigin = { kind: 'copy', document: id, name: record.name }
    return this.add({ ...document, name }, origin, record.weights)
  }

  /** Keeps the present state under a name, or as what a run trained. */
  keepVersion(id: number, label: string | null, run: number | null): DocumentVersion {
    const stored = this.store.documents.get(id)
    const newest = this.store.documentVersions.newest(id)
    // The same state once: the studio's own version gets the name.
    if (newest && newest.version.revision === stored.record.revision && newest.version.label === null && run === null) {
      this.store.documentVersions.label(id, newest.version.id, label)
      return this.store.documentVersions.get(id, newest.version.id).version
    }
    return this.keep(id, stored, label, run)
  }

  /** Reads a *.network.json or *.onnx file. @throws StudioError that says what is wrong with it; nothing is changed then */
  openFile(file: string): OpenedFile {
    if (/\.onnx$/i.test(file)) return this.importFile(file)
    const document = readNetworkFile(file)
    const known = this.store.documents.ofFile(file)
    if (!known) {
      const origin: DocumentOrigin = { kind: 'file', name: path.basename(file) }
      return { ...this.add(document, origin, null, file), warnings: [] }
    }
    return { ...this.takeFromFile(known, document, file), warnings: [] }
  }

  /** Writes the stored state to a *.network.json file, which becomes the file of the document. */
  saveFile(id: number, file: string): DocumentRecord {
    const { document, record } = this.store.documents.get(id)
    writeNetworkFile(file, document)
    this.store.documents.setFile(id, file, record.revision)
    return this.store.documents.get(id).record
  }

  private importFile(file: string): OpenedFile {
    const imported = importOnnx(this.home, file)
    const source = path.basename(file)
    const weights: DocumentWeights = { kind: 'file', sha256: imported.weights.sha256, source }
    const document = imported.document as unknown as NetworkDocument
    return { ...this.add(document, { kind: 'onnx', name: source }, weights), warnings: imported.warnings }
  }

  /** A file that is opened again: its content counts, and what the studio had is kept as a version where it differs. */
  private takeFromFile(known: StoredDocument, document: NetworkDocument, file: string): OpenedDocument {
    const { id } = known.record
    if (JSON.stringify(known.document) !== JSON.stringify(document)) {
      this.store.transaction(() => {
        this.keep(id, known, null)
        this.store.documents.change(id, document)
        this.store.documents.setFile(id, file, known.record.revision + 1)
      })
    }
    return this.open(id)
  }

  private add(
    document: NetworkDocument,
    origin: DocumentOrigin,
    weights: DocumentWeights | null,
    file?: string,
  ): OpenedDocument {
    const id = this.store.transaction(() => {
      const added = this.store.documents.add({ document, origin, weights, ...(file !== undefined && { file }) })
      this.store.documentVersions.add(added, { document, revision: 1, label: null, run: null })
      return added
    })
    return opened(this.store.documents.get(id))
  }

  private keep(id: number, { record, document }: StoredDocument, label: string | null, run: number | null = null) {
    const version = { document, revision: record.revision, label, run }
    return this.store.documentVersions.get(id, this.store.documentVersions.add(id, version)).version
  }

  private isVersionDue({ record }: StoredDocument): boolean {
    const newest = this.store.documentVersions.newest(record.id)?.version
    if (!newest) return true
    return newest.revision !== record.revision && this.now() - newest.createdAt >= versionEveryMs
  }

  private weightsOf(origin: DocumentOrigin): DocumentWeights | null {
    if (origin.kind !== 'run') return null
    this.store.runs.get(origin.run)
    return this.store.checkpoints.list(origin.run).length > 0 ? { kind: 'run', run: origin.run } : null
  }
}

function opened({ record, document }: StoredDocument): OpenedDocument {
  return { record, document }
}
