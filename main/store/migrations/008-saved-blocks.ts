/** Blocks of the palette. Their content is checked when it is read: one that a newer studio wrote, or that is damaged, is shown as such. */
import type { Migration } from './migration.ts'

export const savedBlocks: Migration = {
  version: 8,
  name: 'saved-blocks',
  sql: `
    CREATE TABLE saved_blocks (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      title TEXT NOT NULL,
      block TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      deleted_at INTEGER
    ) STRICT;
  `,
}
