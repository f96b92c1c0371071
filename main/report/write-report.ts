/** Gathers what a report shows, and writes it as one file. */
import { toErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { ReportLanguage } from '../../experiments/review/report-language.ts'
import { systemFiles } from '../files/file-operations.ts'
import { writeWholeFile } from '../files/write-whole-file.ts'
import { inspectedRuns } from '../inspector/inspected-runs.ts'
import type { StudioParts } from '../procedures/studio-parts.ts'
import { seedSiblings } from '../review/seed-siblings.ts'
import { runDetail } from '../review/run-detail.ts'
import { renderReport, type ReportRun } from './render-report.ts'

/** Enough for any screen and paper. */
const pointsPerSeries = 600

export interface ReportOptions {
  /** Whether each run's best checkpoint is evaluated on the test images. */
  readonly evaluate: boolean
  readonly language: ReportLanguage
}

/** @throws StudioError `run-not-found` */
export async function makeReport(
  runs: readonly number[],
  { evaluate, language }: ReportOptions,
  parts: StudioParts,
): Promise<string> {
  const { store, queue, options } = parts
  const gathered: ReportRun[] = []
  for (const run of runs) {
    const detail = runDetail(store, queue, run)
    gathered.push({
      detail,
      series: store.metrics.series(run, pointsPerSeries),
      siblings: seedSiblings(store, run),
      ...(evaluate && detail.checkpoints.length > 0
        ? await evaluation(run, parts)
        : { evaluation: null, evaluationProblem: null }),
    })
  }
  return renderReport({ runs: gathered, studio: options.studioVersion, createdAt: Date.now(), language })
}

/** A run that cannot be evaluated, for want of its data, still has a report. */
async function evaluation(
  run: number,
  parts: StudioParts,
): Promise<Pick<ReportRun, 'evaluation' | 'evaluationProblem'>> {
  try {
    const members = inspectedRuns([{ run }], parts)
    const report = await parts.inspector.ask('evaluate', { members, crops: 1, combine: 'average' })
    return { evaluation: report, evaluationProblem: null }
  } catch (fault) {
    return { evaluation: null, evaluationProblem: toErrorRecord(fault).message }
  }
}

/** @throws StudioError `run-not-found`, `disk-full` or `file-write-failed` */
export async function writeReport(
  request: { readonly runs: readonly number[]; readonly file: string } & ReportOptions,
  parts: StudioParts,
): Promise<{ file: string; bytes: number }> {
  const text = await makeReport(request.runs, request, parts)
  const { bytes } = writeWholeFile(systemFiles, request.file, [new TextEncoder().encode(text)])
  return { file: request.file, bytes }
}
