/** Documents that people draw: their newest state, which of them are open, and their versions. Deleting only marks a document. */
import type { DocumentOrigin, DocumentRecord, DocumentWeights } from '../../experiments/documents/document-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { SqlConnection } from './sql-connection.ts'
import type { DocumentRow } from './tables.ts'

export interface NewDocument {
  readonly document: NetworkDocument
  readonly origin: DocumentOrigin
  readonly weights: DocumentWeights | null
  /** Absolute path of the *.network.json file that it is. */
  readonly file?: string
}

export interface StoredDocument {
  readonly record: DocumentRecord
  readonly document: NetworkDocument
  /** Absolute path of its file. */
  readonly file: string | null
}

export interface OpenTabs {
  readonly tabs: readonly number[]
  readonly active: number | null
}

export class DocumentTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  add({ document, origin, weights, file }: NewDocument): number {
    const now = Date.now()
    const { lastId } = this.connection.run(
      this.connection.build.insertInto('documents').values({
        ...contentColumns(document),
        origin: JSON.stringify(origin),
        weights: weights && JSON.stringify(weights),
        ...(file !== undefined && { file, file_revision: 1 }),
        created_at: now,
        updated_at: now,
        opened_at: now,
      }),
    )
    return lastId
  }

  /** Last opened first, without deleted ones. */
  list(): DocumentRecord[] {
    const query = this.connection.build
      .selectFrom('documents')
      .selectAll()
      .where('deleted_at', 'is', null)
      .orderBy('opened_at', 'desc')
      .orderBy('id', 'desc')
    return this.connection.all(query).map(recordOf)
  }

  /** @throws StudioError `document-not-found`, also for a deleted one */
  get(id: number): StoredDocument {
    const row = this.connection.first(
      this.connection.build.selectFrom('documents').selectAll().where('id', '=', id).where('deleted_at', 'is', null),
    )
    if (row === undefined) throw documentNotFound(id)
    return { record: recordOf(row), document: JSON.parse(row.document) as NetworkDocument, file: row.file }
  }

  /** Where a document came from, also a deleted one; undefined when there never was one. */
  originOf(id: number): DocumentOrigin | undefined {
    const row = this.connection.first(this.connection.build.selectFrom('documents').selectAll().where('id', '=', id))
    return row && recordOf(row).origin
  }

  /** The newest document that was opened from this file or saved to it. */
  ofFile(file: string): StoredDocument | undefined {
    const row = this.connection.first(
      this.connection.build
        .selectFrom('documents')
        .select('id')
        .where('file', '=', file)
        .where('deleted_at', 'is', null)
        .orderBy('id', 'desc')
        .limit(1),
    )
    return row && this.get(row.id)
  }

  /** Stores a new state; the caller has compared the revision. */
  change(id: number, document: NetworkDocument): void {
    this.connection.run(
      this.connection.build
        .updateTable('documents')
        .set(({ eb }) => ({
          ...contentColumns(document),
          revision: eb('revision', '+', 1),
          updated_at: Date.now(),
        }))
        .where('id', '=', id),
    )
  }

  setFile(id: number, file: string, revision: number): void {
    this.connection.run(
      this.connection.build.updateTable('documents').set({ file, file_revision: revision }).where('id', '=', id),
    )
  }

  touch(id: number): void {
    this.connection.run(
      this.connection.build.updateTable('documents').set({ opened_at: Date.now() }).where('id', '=', id),
    )
  }

  /** @throws StudioError `document-not-found` when one of them is not there */
  setDeleted(ids: readonly number[], deleted: boolean): void {
    const { build } = this.connection
    this.connection.transaction(() => {
      for (const id of ids) {
        const { changes } = this.connection.run(
          build
            .updateTable('documents')
            .set({ deleted_at: deleted ? Date.now() : null, ...(deleted && { tab: null, active: 0 }) })
            .where('id', '=', id),
        )
        if (changes === 0) throw documentNotFound(id)
      }
    })
  }

  tabs(): OpenTabs {
    const rows = this.connection.all(
      this.connection.build
        .selectFrom('documents')
        .select(['id', 'active'])
        .where('tab', 'is not', null)
        .where('deleted_at', 'is', null)
        .orderBy('tab'),
    )
    return { tabs: rows.map(({ id }) => id), active: rows.find(({ active }) => active === 1)?.id ?? null }
  }

  /** Ids that do not exist are left out. */
  setTabs({ tabs, active }: OpenTabs): void {
    const { build } = this.connection
    this.connection.transaction(() => {
      this.connection.run(build.updateTable('documents').set({ tab: null, active: 0 }).where('tab', 'is not', null))
      tabs.forEach((id, tab) => {
        this.connection.run(
          build
            .updateTable('documents')
            .set({ tab, active: id === active ? 1 : 0 })
            .where('id', '=', id),
        )
      })
    })
  }
}

function contentColumns(document: NetworkDocument) {
  return { name: document.name, document: JSON.stringify(document), nodes: document.nodes.length }
}

function recordOf(row: DocumentRow): DocumentRecord {
  return {
    id: row.id,
    name: row.name,
    nodes: row.nodes,
    origin: JSON.parse(row.origin) as DocumentOrigin,
    weights: row.weights === null ? null : (JSON.parse(row.weights) as DocumentWeights),
    fileName: row.file === null ? null : (row.file.split(/[\\/]/).at(-1) ?? null),
    fileBehind: row.file !== null && row.file_revision !== row.revision,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    openedAt: row.opened_at,
  }
}

function documentNotFound(id: number): StudioError {
  return new StudioError('document-not-found', `no network has the number ${id}; it may have been deleted`, { id })
}
