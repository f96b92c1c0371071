/** Sweeps: what they search, their trials, the runs of each trial, and every decision with its reason. */
import type { Migration } from './migration.ts'

export const sweeps: Migration = {
  version: 5,
  name: 'sweeps',
  sql: `
    CREATE TABLE sweeps (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'failed')),
      spec TEXT NOT NULL CHECK (json_valid(spec)),
      facts TEXT NOT NULL CHECK (json_valid(facts)),
      problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
      revision INTEGER NOT NULL DEFAULT 0,
      checked_from INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      ended_at INTEGER,
      deleted_at INTEGER,
      CHECK (state != 'failed' OR problem IS NOT NULL)
    ) STRICT;

    CREATE TABLE sweep_trials (
      sweep_id INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      draw INTEGER NOT NULL,
      bracket INTEGER NOT NULL,
      configuration TEXT NOT NULL CHECK (json_valid(configuration)),
      target INTEGER NOT NULL,
      verdict TEXT CHECK (verdict IS NULL OR json_valid(verdict)),
      impossible TEXT CHECK (impossible IS NULL OR json_valid(impossible)),
      parameters INTEGER,
      multiply_adds REAL,
      inherited_run INTEGER REFERENCES runs (id),
      created_at INTEGER NOT NULL,
      PRIMARY KEY (sweep_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sweep_runs (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      sweep_id INTEGER NOT NULL,
      trial INTEGER NOT NULL,
      replicate INTEGER NOT NULL,
      UNIQUE (sweep_id, trial, replicate),
      FOREIGN KEY (sweep_id, trial) REFERENCES sweep_trials (sweep_id, number) ON DELETE CASCADE
    ) STRICT;

    CREATE TABLE sweep_decisions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      sweep_id INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
      trial INTEGER,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL CHECK (json_valid(data))
    ) STRICT;
    CREATE INDEX decisions_by_sweep ON sweep_decisions (sweep_id, id);
  `,
}
