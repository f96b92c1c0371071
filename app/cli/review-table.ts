/** All runs with their fields, fetched page by page. */
import { parseRunFilter } from '../../experiments/review/run-filter.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { ServiceClient } from '../ipc/service-client.ts'

const pageSize = 5000

/** The newest first. */
export async function allRuns(service: ServiceClient): Promise<RunSummary[]> {
  const runs: RunSummary[] = []
  let before: number | undefined
  do {
    const page = await service.call('runs.page', { limit: pageSize, ...(before !== undefined && { before }) })
    runs.push(...page.runs)
    before = page.next ?? undefined
  } while (before !== undefined)
  return runs
}

/** Ids of the runs that a filter takes, the newest first. @throws StudioError `usage` that points into the filter */
export async function runsThatPass(service: ServiceClient, filter: string): Promise<ReadonlySet<number>> {
  parseRunFilter(filter) // what is wrong whatever the runs are is told before they are fetched
  const pages = []
  let before: number | undefined
  do {
    const page = await service.call('review.rows', { limit: pageSize, ...(before !== undefined && { before }) })
    pages.push(page)
    before = page.next ?? undefined
  } while (before !== undefined)
  const known = new Set(pages.flatMap(({ columns }) => Object.keys(columns)))
  const test = parseRunFilter(filter, known.size === 0 ? undefined : known)
  return new Set(
    pages.flatMap(({ ids, columns }) => ids.filter((_id, i) => test.accepts((field) => columns[field]?.[i]))),
  )
}
