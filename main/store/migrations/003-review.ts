/** What people say of runs (stars, tags, notes), where branches come from, and saved views of the table. */
import type { Migration } from './migration.ts'

export const review: Migration = {
  version: 3,
  name: 'review',
  sql: `
    CREATE TABLE run_reviews (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      parent_run INTEGER REFERENCES runs (id),
      parent_epoch INTEGER,
      parent_step INTEGER,
      keeps_schedule INTEGER NOT NULL DEFAULT 1 CHECK (keeps_schedule IN (0, 1)),
      starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
      colour TEXT,
      note TEXT NOT NULL DEFAULT '',
      archived_at INTEGER,
      CHECK ((parent_run IS NULL) = (parent_epoch IS NULL) AND (parent_run IS NULL) = (parent_step IS NULL))
    ) STRICT;
    CREATE INDEX reviews_by_parent ON run_reviews (parent_run);

    CREATE TABLE run_tags (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      PRIMARY KEY (run_id, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tags_by_name ON run_tags (tag);

    CREATE TABLE saved_views (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      view TEXT NOT NULL CHECK (json_valid(view)),
      created_at INTEGER NOT NULL
    ) STRICT;
  `,
}
