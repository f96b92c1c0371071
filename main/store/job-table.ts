/** The queue on disk: which run is next, which ones train, and how often each was interrupted. */
import type { SqlConnection } from './sql-connection.ts'

export class JobTable {
  private readonly connection: SqlConnection

  constructor(connection: SqlConnection) {
    this.connection = connection
  }

  /** Puts a run at the end of the queue. */
  enqueue(run: number): void {
    this.connection.run(
      this.connection.build
        .insertInto('jobs')
        .values({ run_id: run, state: 'waiting', position: this.edge('last') + 1, queued_at: Date.now() }),
    )
  }

  /** The waiting run that is first in line. */
  next(): number | undefined {
    const query = this.connection.build
      .selectFrom('jobs')
      .select('run_id')
      .where('state', '=', 'waiting')
      .orderBy('position')
      .limit(1)
    return this.connection.first(query)?.run_id
  }

  /** Runs that wait, first in line first. */
  waiting(): number[] {
    return this.inState('waiting')
  }

  running(): number[] {
    return this.inState('running')
  }

  claim(run: number): void {
    this.connection.run(
      this.connection.build
        .updateTable('jobs')
        .set({ state: 'running', claimed_at: Date.now() })
        .where('run_id', '=', run),
    )
  }

  finish(run: number): void {
    this.connection.run(this.connection.build.updateTable('jobs').set({ state: 'done' }).where('run_id', '=', run))
  }

  /** Puts a run back to the head of the queue. */
  putBack(run: number): void {
    this.connection.run(
      this.connection.build
        .updateTable('jobs')
        .set({ state: 'waiting', position: this.edge('first') - 1, claimed_at: null })
        .where('run_id', '=', run),
    )
  }

  /** Counts a death of the service during this run and returns how many there were. */
  countInterruption(run: number): number {
    this.connection.run(
      this.connection.build
        .updateTable('jobs')
        .set(({ eb }) => ({ interruptions: eb('interruptions', '+', 1) }))
        .where('run_id', '=', run),
    )
    const row = this.connection.first(
      this.connection.build.selectFrom('jobs').select('interruptions').where('run_id', '=', run),
    )
    return row?.interruptions ?? 0
  }

  private inState(state: 'waiting' | 'running'): number[] {
    const query = this.connection.build
      .selectFrom('jobs')
      .select('run_id')
      .where('state', '=', state)
      .orderBy('position')
    return this.connection.all(query).map((row) => row.run_id)
  }

  private edge(which: 'first' | 'last'): number {
    const query = this.connection.build
      .selectFrom('jobs')
      .select('position')
      .orderBy('position', which === 'first' ? 'asc' : 'desc')
      .limit(1)
    return this.connection.first(query)?.position ?? 0
  }
}
