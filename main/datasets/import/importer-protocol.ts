/** What the service and the process of an import tell each other; both ends check. */
import { z } from 'zod'
import { errorRecord } from '../../../experiments/runs/run-record.ts'
import { importRequest } from './import-options.ts'

export const importJob = z.strictObject({ home: z.string(), source: z.string(), request: importRequest })
export type ImportJob = z.output<typeof importJob>

export const fromImporter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.number() }),
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('failed'), error: errorRecord }),
])
export type FromImporter = z.output<typeof fromImporter>
