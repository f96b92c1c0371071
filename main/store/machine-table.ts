/** Samples of how busy the machine was. They are measurements: the newest ones may be lost with the power. */
import type { MachineUsage } from '../../experiments/queue/job-record.ts'
import { machineSample, type MachineSample } from '../../experiments/queue/machine-sample.ts'
import type { SqlConnection } from './sql-connection.ts'

export class MachineTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  /** Takes the place of another one of the same time. */
  add(at: number, usage: MachineUsage): void {
    const row = { at: Math.round(at), usage: JSON.stringify(usage) }
    this.connection.run(this.connection.build.replaceInto('machine_samples').values(row))
  }

  /** In order of time, both ends included. */
  between(from: number, to: number): MachineSample[] {
    const query = this.connection.build
      .selectFrom('machine_samples')
      .selectAll()
      .where('at', '>=', Math.floor(from))
      .where('at', '<=', Math.ceil(to))
    return this.connection
      .all(query.orderBy('at'))
      .map(({ at, usage }) => machineSample.parse({ ...(JSON.parse(usage) as object), at }))
  }

  forgetBefore(at: number): void {
    this.connection.run(this.connection.build.deleteFrom('machine_samples').where('at', '<', Math.floor(at)))
  }
}
