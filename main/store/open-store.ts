/**
 * Opens the database of a home folder. Two connections to one file: state of runs and queue is committed with synchronous=FULL, metrics
 * with synchronous=NORMAL (four small commits a second for each run need no flush). Both share one write-ahead log, so a FULL commit
 * also flushes every metric before it.
 */
import fs from 'node:fs'
import path from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { CheckpointTable } from './checkpoint-table.ts'
import { DatasetTable } from './dataset-table.ts'
import { DocumentTable } from './document-table.ts'
import { DocumentVersionTable } from './document-version-table.ts'
import { EventLog } from './event-log.ts'
import { ExperimentTable } from './experiment-table.ts'
import { JobTable } from './job-table.ts'
import { LayerStatisticsTable } from './layer-statistics-table.ts'
import { MachineTable } from './machine-table.ts'
import { MetricTable } from './metric-table.ts'
import { applicationId, migrate, newestSchema, schemaVersion } from './migrate.ts'
import { ReviewTable } from './review-table.ts'
import { RunTable } from './run-table.ts'
import { SavedBlockTable } from './saved-block-table.ts'
import { SettingTable } from './setting-table.ts'
import { SqlConnection } from './sql-connection.ts'
import { SweepTable } from './sweep-table.ts'
import { databaseDamaged, databaseNewer, databaseOfAnotherProgram } from './store-errors.ts'
import { readStoredVersion } from './stored-version.ts'

export interface StoreInfo {
  readonly file: string
  readonly schemaVersion: number
  readonly sqlite: string
  readonly runs: number
}

export interface Store {
  readonly experiments: ExperimentTable
  readonly runs: RunTable
  readonly metrics: MetricTable
  readonly jobs: JobTable
  readonly checkpoints: CheckpointTable
  readonly datasets: DatasetTable
  readonly documents: DocumentTable
  readonly documentVersions: DocumentVersionTable
  readonly savedBlocks: SavedBlockTable
  readonly reviews: ReviewTable
  readonly layerStatistics: LayerStatisticsTable
  readonly events: EventLog
  readonly settings: SettingTable
  readonly sweeps: SweepTable
  readonly machine: MachineTable
  /** All of `body` or nothing, on disk when it returns. Metrics are outside: they have their own connection. */
  transaction<T>(body: () => T): T
  info(): StoreInfo
  /** Writes pending metrics and closes the file. */
  close(): void
}

/** The database file inside a home folder. */
export const databaseName = 'strata.db'

/** A full check of a larger file would delay the start; damage is then found when a page is read. */
const checkedBytes = 512 * 1024 * 1024

/** Throws `database-newer` without touching the file, `database-damaged` with what to do. */
export function openStore(home: string): Store {
  fs.mkdirSync(home, { recursive: true })
  const file = path.join(home, databaseName)
  refuseForeign(file)
  const state = new SqlConnection(file, 'full')
  let metrics: SqlConnection | undefined
  try {
    checkIntegrity(state)
    migrate(state)
    metrics = new SqlConnection(file, 'normal')
    return composeStore(state, metrics)
  } catch (error) {
    metrics?.close()
    state.close()
    throw error
  }
}

function composeStore(state: SqlConnection, metricsConnection: SqlConnection): Store {
  const events = new EventLog(state)
  const experiments = new ExperimentTable(state)
  const runs = new RunTable(state, events, experiments)
  const metrics = new MetricTable(metricsConnection)
  return {
    experiments,
    runs,
    metrics,
    events,
    machine: new MachineTable(metricsConnection),
    jobs: new JobTable(state),
    checkpoints: new CheckpointTable(state),
    datasets: new DatasetTable(state),
    documents: new DocumentTable(state),
    documentVersions: new DocumentVersionTable(state),
    savedBlocks: new SavedBlockTable(state),
    reviews: new ReviewTable(state, events),
    layerStatistics: new LayerStatisticsTable(state),
    settings: new SettingTable(state),
    sweeps: new SweepTable(state),
    transaction: (body) => state.transaction(body),
    info: () => ({
      file: state.file,
      schemaVersion: schemaVersion(state),
      sqlite: state.sqliteVersion,
      runs: runs.count(),
    }),
    close() {
      metrics.flush()
      metricsConnection.close()
      state.close()
    },
  }
}

function refuseForeign(file: string): void {
  let stored: ReturnType<typeof readStoredVersion>
  try {
    stored = readStoredVersion(file)
  } catch (error) {
    throw new StudioError('file-unreadable', `${file}: ${(error as Error).message}`, { file }, error)
  }
  if (stored === undefined) return
  if (stored === 'damaged') throw databaseDamaged(file, 'it does not begin like an SQLite database')
  if (stored.applicationId !== applicationId && stored.schemaVersion + stored.applicationId !== 0) {
    throw databaseOfAnotherProgram(file, stored.applicationId)
  }
  if (stored.schemaVersion > newestSchema) throw databaseNewer(file, stored.schemaVersion, newestSchema)
}

function checkIntegrity(connection: SqlConnection): void {
  const bytes = Number(connection.pragma('page_count')) * Number(connection.pragma('page_size'))
  if (bytes > checkedBytes) return
  const found = String(connection.pragma('quick_check(1)'))
  if (found !== 'ok') throw databaseDamaged(connection.file, found)
}
