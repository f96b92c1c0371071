/** Which experiments differ in seed and name only: looked up for every run of a table, and of a comparison. */
import type { Migration } from './migration.ts'

export const configurations: Migration = {
  version: 7,
  name: 'configurations',
  // Of experiments from before, it is worked out when it is first asked for.
  sql: `
    ALTER TABLE experiments ADD COLUMN configuration TEXT;
    CREATE INDEX experiments_configuration ON experiments (configuration);
    CREATE INDEX runs_experiment ON runs (experiment_id);
  `,
}
