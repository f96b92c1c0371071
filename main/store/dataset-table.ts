/** What was last seen of each dataset: a run can be explained even after its dataset's files are gone. */
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import type { SqlConnection } from './sql-connection.ts'

export class DatasetTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  remember(dataset: DatasetRecord): void {
    const row = {
      fingerprint: dataset.fingerprint,
      location: dataset.location,
      record: JSON.stringify(dataset),
      updated_at: Date.now(),
    }
    this.connection.run(
      this.connection.build
        .insertInto('datasets')
        .values({ name: dataset.name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row)),
    )
  }

  get(name: string): DatasetRecord | undefined {
    const row = this.connection.first(
      this.connection.build.selectFrom('datasets').select('record').where('name', '=', name),
    )
    return row === undefined ? undefined : (JSON.parse(row.record) as DatasetRecord)
  }
}
