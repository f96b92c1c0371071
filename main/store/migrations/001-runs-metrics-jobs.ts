/** The first schema: experiments, runs with epochs and metrics, queue, checkpoints, datasets, event log. */
import type { Migration } from './migration.ts'

export const runsMetricsJobs: Migration = {
  version: 1,
  name: 'runs-metrics-jobs',
  sql: `
    CREATE TABLE experiments (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      hash TEXT NOT NULL UNIQUE,
      spec TEXT NOT NULL CHECK (json_valid(spec)),
      document TEXT NOT NULL CHECK (json_valid(document)),
      network TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      experiment_id INTEGER NOT NULL REFERENCES experiments (id),
      name TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'finished', 'failed', 'stopped')),
      dataset TEXT NOT NULL,
      seed INTEGER NOT NULL,
      engine TEXT NOT NULL,
      parameters INTEGER,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      epoch INTEGER NOT NULL DEFAULT 0,
      epochs INTEGER NOT NULL,
      step INTEGER NOT NULL DEFAULT 0,
      steps INTEGER NOT NULL,
      images_per_second REAL,
      best_epoch INTEGER,
      best_accuracy REAL,
      test_loss REAL,
      test_accuracy REAL,
      weights_sha256 TEXT,
      error TEXT CHECK (error IS NULL OR json_valid(error)),
      environment TEXT CHECK (environment IS NULL OR json_valid(environment)),
      deleted_at INTEGER,
      CHECK ((status = 'failed') = (error IS NOT NULL))
    ) STRICT;
    CREATE INDEX runs_by_experiment ON runs (experiment_id);

    CREATE TABLE epochs (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      step INTEGER NOT NULL,
      train_loss REAL NOT NULL,
      train_accuracy REAL NOT NULL,
      validation_loss REAL,
      validation_accuracy REAL,
      seconds REAL NOT NULL,
      images_per_second REAL NOT NULL,
      PRIMARY KEY (run_id, epoch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE series (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
      name TEXT NOT NULL,
      UNIQUE (run_id, split, name)
    ) STRICT;

    CREATE TABLE metrics (
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      value REAL NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (series_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE jobs (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done')),
      position INTEGER NOT NULL,
      interruptions INTEGER NOT NULL DEFAULT 0,
      queued_at INTEGER NOT NULL,
      claimed_at INTEGER
    ) STRICT;
    CREATE INDEX jobs_by_position ON jobs (state, position);

    CREATE TABLE checkpoints (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      step INTEGER NOT NULL,
      file TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      best INTEGER NOT NULL CHECK (best IN (0, 1)),
      pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
      created_at INTEGER NOT NULL,
      UNIQUE (run_id, step)
    ) STRICT;

    CREATE TABLE datasets (
      name TEXT PRIMARY KEY,
      fingerprint TEXT,
      location TEXT,
      record TEXT NOT NULL CHECK (json_valid(record)),
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      run_id INTEGER REFERENCES runs (id),
      type TEXT NOT NULL,
      data TEXT NOT NULL CHECK (json_valid(data))
    ) STRICT;
    CREATE INDEX events_by_run ON events (run_id, id);
    CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events BEGIN
      SELECT RAISE(ABORT, 'the event log is append-only');
    END;
    CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN
      SELECT RAISE(ABORT, 'the event log is append-only');
    END;
  `,
}
