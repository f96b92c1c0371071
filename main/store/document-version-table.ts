/** States of documents that are kept: those that somebody named, those that a run trained, and what the studio keeps on its own. */
import type { DocumentVersion } from '../../experiments/documents/document-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { SqlConnection } from './sql-connection.ts'
import type { DocumentVersionRow } from './tables.ts'

export interface NewVersion {
  readonly document: NetworkDocument
  readonly revision: number
  readonly label: string | null
  readonly run: number | null
}

/** So many unnamed versions of a document stay; named ones and those of runs always do. */
const keptUnnamed = 50

export class DocumentVersionTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  add(documentId: number, { document, revision, label, run }: NewVersion): number {
    return this.connection.transaction(() => {
      const { lastId } = this.connection.run(
        this.connection.build.insertInto('document_versions').values({
          document_id: documentId,
          label,
          run_id: run,
          document: JSON.stringify(document),
          nodes: document.nodes.length,
          revision,
          created_at: Date.now(),
        }),
      )
      this.forgetOldest(documentId)
      return lastId
    })
  }

  /** Newest first. */
  list(documentId: number): DocumentVersion[] {
    return this.connection.all(this.of(documentId)).map(versionOf)
  }

  newest(documentId: number): { readonly version: DocumentVersion; readonly document: NetworkDocument } | undefined {
    const row = this.connection.first(this.of(documentId).limit(1))
    return row && { version: versionOf(row), document: JSON.parse(row.document) as NetworkDocument }
  }

  /** What the document began as. */
  first(documentId: number): NetworkDocument | undefined {
    const row = this.connection.first(
      this.connection.build
        .selectFrom('document_versions')
        .select('document')
        .where('document_id', '=', documentId)
        .where('revision', '=', 1)
        .orderBy('id')
        .limit(1),
    )
    return row && (JSON.parse(row.document) as NetworkDocument)
  }

  /** @throws StudioError `document-not-found` when the document has no such version */
  get(documentId: number, id: number): { readonly version: DocumentVersion; readonly document: NetworkDocument } {
    const row = this.connection.first(this.of(documentId).where('id', '=', id))
    if (row) return { version: versionOf(row), document: JSON.parse(row.document) as NetworkDocument }
    throw new StudioError('document-not-found', `network ${documentId} has no version ${id}`, { documentId, id })
  }

  /** Gives the version another name, or none. */
  label(documentId: number, id: number, label: string | null): void {
    this.get(documentId, id)
    this.connection.run(this.connection.build.updateTable('document_versions').set({ label }).where('id', '=', id))
  }

  private of(documentId: number) {
    return this.connection.build
      .selectFrom('document_versions')
      .selectAll()
      .where('document_id', '=', documentId)
      .orderBy('id', 'desc')
  }

  private forgetOldest(documentId: number): void {
    const { build } = this.connection
    const old = this.connection.all(
      build
        .selectFrom('document_versions')
        .select('id')
        .where('document_id', '=', documentId)
        .where('label', 'is', null)
        .where('run_id', 'is', null)
        // What it began as stays: weights that came along are of that state.
        .where('revision', '>', 1)
        .orderBy('id', 'desc')
        .limit(1000)
        .offset(keptUnnamed),
    )
    for (const { id } of old) this.connection.run(build.deleteFrom('document_versions').where('id', '=', id))
  }
}

function versionOf(row: DocumentVersionRow): DocumentVersion {
  return {
    id: row.id,
    document: row.document_id,
    label: row.label,
    run: row.run_id,
    nodes: row.nodes,
    revision: row.revision,
    createdAt: row.created_at,
  }
}
