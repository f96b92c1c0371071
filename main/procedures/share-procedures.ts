/** Reports and bundles of runs: what the service answers. */
import { importBundle, type ImportedBundle } from '../bundle/import-bundle.ts'
import { writeBundle, type WrittenBundle } from '../bundle/write-bundle.ts'
import { writeReport, type ReportOptions } from '../report/write-report.ts'
import type { StudioParts } from './studio-parts.ts'

export interface ShareRequest extends ReportOptions {
  readonly runs: number[]
  readonly file: string
}

export function shareProcedures(parts: StudioParts) {
  return {
    'runs.report': (request: ShareRequest): Promise<{ file: string; bytes: number }> => writeReport(request, parts),
    'runs.exportBundle': (request: ShareRequest): Promise<WrittenBundle> => writeBundle(request, parts),
    'runs.importBundle': ({ file }: { file: string }): Promise<ImportedBundle> => importBundle(file, parts),
  }
}
