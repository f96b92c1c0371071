/** What the queue asks of a line of ten thousand jobs again and again: its ends, and for which devices it waits. */
import type { Migration } from './migration.ts'

export const longLines: Migration = {
  version: 10,
  name: 'long-lines',
  sql: `
    CREATE INDEX jobs_open ON jobs (priority, position) WHERE state != 'done';
    CREATE INDEX jobs_ready ON jobs (device) WHERE state = 'waiting' AND intent = 'go';
  `,
}
