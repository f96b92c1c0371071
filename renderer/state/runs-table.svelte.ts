/** What the table of runs shows and how; kept while other views are looked at. */

export type RunColumn =
  | 'name'
  | 'status'
  | 'network'
  | 'dataset'
  | 'progress'
  | 'best'
  | 'test'
  | 'createdAt'
  | 'duration'
  | `field:${string}`

export interface RunOrder {
  readonly column: RunColumn
  readonly descending: boolean
}

export class RunsTableState {
  /** The filter as it is typed. */
  query = $state('')
  /** Further columns: names of fields. */
  columns: readonly string[] = $state.raw([])
  /** The field that runs are grouped by; empty for none. */
  group = $state('')
  /** Names of groups that are folded. */
  closed: ReadonlySet<string> = $state.raw(new Set())
  showArchived = $state<boolean>(false)
  order: RunOrder = $state.raw({ column: 'createdAt', descending: true })
  /** The row that had the focus last. */
  current: number | null = $state.raw(null)
  scrollTop = $state(0)
}
