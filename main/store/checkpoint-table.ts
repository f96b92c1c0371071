/** Which checkpoint files a run has. A row is written only after its file was written, read back and renamed. */
import type { CheckpointRecord } from '../../experiments/runs/run-record.ts'
import type { SqlConnection } from './sql-connection.ts'
import type { CheckpointRow } from './tables.ts'

/** A checkpoint with what decides whether it is kept. */
export interface StoredCheckpoint extends CheckpointRecord {
  /** Whether its epoch was the best one when it was written. */
  readonly best: boolean
  readonly pinned: boolean
}

export type NewCheckpoint = Omit<CheckpointRecord, 'id'> & { readonly best: boolean }

export class CheckpointTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  /** Adds a checkpoint; one of the same step is replaced, as its file was. */
  add(run: number, checkpoint: NewCheckpoint): void {
    const row = {
      epoch: checkpoint.epoch,
      file: checkpoint.file,
      bytes: checkpoint.bytes,
      sha256: checkpoint.sha256,
      best: checkpoint.best ? 1 : 0,
      created_at: checkpoint.createdAt,
    }
    this.connection.run(
      this.connection.build
        .insertInto('checkpoints')
        .values({ run_id: run, step: checkpoint.step, ...row })
        .onConflict((conflict) => conflict.columns(['run_id', 'step']).doUpdateSet(row)),
    )
  }

  /** Newest first. */
  list(run: number): StoredCheckpoint[] {
    const query = this.connection.build
      .selectFrom('checkpoints')
      .selectAll()
      .where('run_id', '=', run)
      .orderBy('step', 'desc')
    return this.connection.all(query).map(storedCheckpointOf)
  }

  /** Keeps a checkpoint for good: something else begins from it. */
  pin(id: number): void {
    this.connection.run(this.connection.build.updateTable('checkpoints').set({ pinned: 1 }).where('id', '=', id))
  }

  /** May be removed again when newer ones come. */
  unpin(id: number): void {
    this.connection.run(this.connection.build.updateTable('checkpoints').set({ pinned: 0 }).where('id', '=', id))
  }

  remove(ids: readonly number[]): void {
    if (ids.length === 0) return
    this.connection.run(this.connection.build.deleteFrom('checkpoints').where('id', 'in', ids))
  }
}

function storedCheckpointOf(row: CheckpointRow): StoredCheckpoint {
  return {
    id: row.id,
    epoch: row.epoch,
    step: row.step,
    file: row.file,
    bytes: row.bytes,
    sha256: row.sha256,
    best: row.best === 1,
    pinned: row.pinned === 1,
    createdAt: row.created_at,
  }
}
