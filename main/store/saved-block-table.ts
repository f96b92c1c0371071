/** Blocks of the palette, as texts: who reads one says what is wrong with it. Deleting only marks a block. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { SqlConnection } from './sql-connection.ts'

export interface StoredBlock {
  readonly id: number
  readonly title: string
  /** JSON of a SavedBlock, unless it was damaged. */
  readonly text: string
  readonly createdAt: number
  readonly updatedAt: number
}

export class SavedBlockTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  add(title: string, text: string): number {
    const now = Date.now()
    const row = { title, block: text, created_at: now, updated_at: now }
    return this.connection.run(this.connection.build.insertInto('saved_blocks').values(row)).lastId
  }

  /** By title, without deleted ones. */
  list(): StoredBlock[] {
    const query = this.connection.build
      .selectFrom('saved_blocks')
      .selectAll()
      .where('deleted_at', 'is', null)
      .orderBy('title')
      .orderBy('id')
    return this.connection.all(query).map(({ id, title, block, created_at, updated_at }) => {
      return { id, title, text: block, createdAt: created_at, updatedAt: updated_at }
    })
  }

  /** @throws StudioError `block-not-found`, also for a deleted one */
  get(id: number): StoredBlock {
    const found = this.list().find((block) => block.id === id)
    if (!found) throw blockNotFound(id)
    return found
  }

  /** @throws StudioError `block-not-found` */
  change(id: number, title: string, text: string): void {
    const { changes } = this.connection.run(
      this.connection.build
        .updateTable('saved_blocks')
        .set({ title, block: text, updated_at: Date.now() })
        .where('id', '=', id)
        .where('deleted_at', 'is', null),
    )
    if (changes === 0) throw blockNotFound(id)
  }

  /** @throws StudioError `block-not-found` when one of them is not there */
  setDeleted(ids: readonly number[], deleted: boolean): void {
    this.connection.transaction(() => {
      for (const id of ids) {
        const { changes } = this.connection.run(
          this.connection.build
            .updateTable('saved_blocks')
            .set({ deleted_at: deleted ? Date.now() : null })
            .where('id', '=', id),
        )
        if (changes === 0) throw blockNotFound(id)
      }
    })
  }
}

function blockNotFound(id: number): StudioError {
  return new StudioError('block-not-found', `no block of the palette has the number ${id}; it may have been deleted`, {
    id,
  })
}
