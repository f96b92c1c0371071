/** How the layers of a run stand at its checkpoints. */
import type { Migration } from './migration.ts'

export const layerStatistics: Migration = {
  version: 6,
  name: 'layer-statistics',
  sql: `
    CREATE TABLE layer_statistics (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      data TEXT NOT NULL CHECK (json_valid(data)),
      PRIMARY KEY (run_id, step)
    ) STRICT;
  `,
}
