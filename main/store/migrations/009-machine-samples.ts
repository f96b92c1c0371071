/** How busy the machine was while it worked: what a sweep's timeline shows beside its trials. */
import type { Migration } from './migration.ts'

export const machineSamples: Migration = {
  version: 9,
  name: 'machine-samples',
  sql: `
    CREATE TABLE machine_samples (
      at INTEGER PRIMARY KEY,
      usage TEXT NOT NULL CHECK (json_valid(usage))
    ) STRICT;
  `,
}
