/** Networks that people draw, with every state worth going back to. */
import type { Migration } from './migration.ts'

export const documents: Migration = {
  version: 2,
  name: 'documents',
  sql: `
    CREATE TABLE documents (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      document TEXT NOT NULL CHECK (json_valid(document)),
      revision INTEGER NOT NULL DEFAULT 1,
      nodes INTEGER NOT NULL,
      origin TEXT NOT NULL CHECK (json_valid(origin)),
      weights TEXT CHECK (weights IS NULL OR json_valid(weights)),
      file TEXT,
      file_revision INTEGER,
      tab INTEGER,
      active INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      opened_at INTEGER NOT NULL,
      deleted_at INTEGER
    ) STRICT;

    CREATE TABLE document_versions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
      label TEXT,
      run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
      document TEXT NOT NULL CHECK (json_valid(document)),
      nodes INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX document_versions_by_document ON document_versions (document_id, id);
  `,
}
