/** The extremes of long series, so that the first chart of a million steps does not have to read them all. Made from `metrics`, and so can be again. */
import type { Migration } from './migration.ts'

export const metricChunks: Migration = {
  version: 11,
  name: 'metric-chunks',
  sql: `
    CREATE TABLE metric_chunks (
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      chunk INTEGER NOT NULL,
      extremes BLOB NOT NULL,
      PRIMARY KEY (series_id, chunk)
    ) STRICT;
  `,
}
