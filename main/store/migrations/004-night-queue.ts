/** Paused runs, and a queue with priorities, wishes and what a job needs. The check of `runs.status` makes the table be built anew. */
import type { Migration } from './migration.ts'

export const nightQueue: Migration = {
  version: 4,
  name: 'night-queue',
  rebuildsTables: true,
  sql: `
    CREATE TABLE runs_new (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      experiment_id INTEGER NOT NULL REFERENCES experiments (id),
      name TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'paused', 'finished', 'failed', 'stopped')),
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
      ended_early TEXT CHECK (ended_early IN ('early-stopping', 'user')),
      CHECK ((status = 'failed') = (error IS NOT NULL))
    ) STRICT;
    INSERT INTO runs_new SELECT id, experiment_id, name, status, dataset, seed, engine, parameters, created_at, started_at, ended_at,
      epoch, epochs, step, steps, images_per_second, best_epoch, best_accuracy, test_loss, test_accuracy, weights_sha256, error, environment,
      deleted_at, NULL FROM runs;
    DROP TABLE runs;
    ALTER TABLE runs_new RENAME TO runs;
    CREATE INDEX runs_by_experiment ON runs (experiment_id);

    CREATE TABLE jobs_new (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'done')),
      intent TEXT NOT NULL CHECK (intent IN ('go', 'pause', 'end', 'withdraw')),
      priority INTEGER NOT NULL DEFAULT 0,
      position INTEGER NOT NULL,
      device TEXT NOT NULL DEFAULT 'cpu',
      slots INTEGER NOT NULL DEFAULT 1 CHECK (slots > 0),
      pause_after_epoch INTEGER,
      stop_after_epoch INTEGER,
      micro_batch INTEGER,
      memory_bytes INTEGER,
      macs REAL,
      network_hash TEXT,
      reason TEXT,
      interruptions INTEGER NOT NULL DEFAULT 0,
      queued_at INTEGER NOT NULL,
      claimed_at INTEGER
    ) STRICT;
    INSERT INTO jobs_new (run_id, state, intent, position, interruptions, queued_at, claimed_at)
      SELECT run_id, state, CASE state WHEN 'done' THEN 'end' ELSE 'go' END, position * 1048576, interruptions, queued_at, claimed_at FROM jobs;
    DROP TABLE jobs;
    ALTER TABLE jobs_new RENAME TO jobs;
    CREATE INDEX jobs_by_order ON jobs (state, priority DESC, position);
    CREATE INDEX jobs_by_network ON jobs (network_hash);
    CREATE INDEX events_by_type ON events (type, id);

    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL CHECK (json_valid(value))
    ) STRICT, WITHOUT ROWID;
  `,
}
