/** How the layers of each run stood at its checkpoints: one row a checkpoint, the newest measurement of a step counts. */
import type { LayerStatistics } from '../../experiments/inspection/inspection-record.ts'
import type { SqlConnection } from './sql-connection.ts'

export class LayerStatisticsTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  put(run: number, statistics: LayerStatistics): void {
    const row = { epoch: statistics.epoch, data: JSON.stringify(statistics) }
    this.connection.run(
      this.connection.build
        .insertInto('layer_statistics')
        .values({ run_id: run, step: statistics.step, ...row })
        .onConflict((conflict) => conflict.columns(['run_id', 'step']).doUpdateSet(row)),
    )
  }

  /** In the order of training; of more than `most`, evenly taken with first and last among them. */
  list(run: number, most: number): LayerStatistics[] {
    const { build } = this.connection
    const steps = this.connection
      .all(build.selectFrom('layer_statistics').select('step').where('run_id', '=', run).orderBy('step'))
      .map(({ step }) => step)
    const chosen =
      steps.length <= most
        ? steps
        : Array.from({ length: most }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (most - 1))] as number)
    if (chosen.length === 0) return []
    return this.connection
      .all(
        build
          .selectFrom('layer_statistics')
          .select('data')
          .where('run_id', '=', run)
          .where('step', 'in', chosen)
          .orderBy('step'),
      )
      .map(({ data }) => JSON.parse(data) as LayerStatistics)
  }

  /** Removes what was measured after `step`: the run continues from there. */
  rewind(run: number, step: number): void {
    this.connection.run(
      this.connection.build.deleteFrom('layer_statistics').where('run_id', '=', run).where('step', '>', step),
    )
  }
}
