/** Settings of the studio by name, as JSON. Who reads one checks it with a schema of its own. */
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import type { SqlConnection } from './sql-connection.ts'

export class SettingTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  get(name: string): unknown {
    const { build } = this.connection
    const row = this.connection.first(build.selectFrom('settings').select('value').where('name', '=', name))
    return row === undefined ? undefined : JSON.parse(row.value)
  }

  set(name: string, value: JsonValue): void {
    const row = { name, value: JSON.stringify(value) }
    this.connection.run(
      this.connection.build
        .insertInto('settings')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row)),
    )
  }
}
