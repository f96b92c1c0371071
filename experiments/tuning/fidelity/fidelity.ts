/**
 * How long each trial trains. A scheduler is a pure function from the trials' states to the next move; a trial at a rung is paused with its
 * checkpoint and may be promoted at any later time, so nothing that was trained is lost.
 */

export interface ScheduledTrial {
  readonly number: number
  /** Of Hyperband: which bracket it belongs to. Others: 0. */
  readonly bracket: number
  /** Epochs it was last told to reach. */
  readonly target: number
  /** `paused`: at its target with a checkpoint. `ended`: whole, failed or stopped for good. */
  readonly state: 'running' | 'paused' | 'ended'
  /** Smaller is better; by epochs reached, at the rungs it passed. Not finite: the worst. */
  readonly lossAt: ReadonlyMap<number, number>
}

export type Move =
  /** Begin a new trial and train it so far. */
  | { readonly type: 'start'; readonly bracket: number; readonly epochs: number }
  /** Continue a paused one; `rank` and `of` say how it stood at its rung. */
  | {
      readonly type: 'promote'
      readonly trial: number
      readonly epochs: number
      readonly rank: number
      readonly of: number
    }
  /** Nothing to do until a running trial reports. */
  | { readonly type: 'wait' }
  /** No trial can be promoted and none may start. */
  | { readonly type: 'done' }

export interface FidelityScheduler {
  /** Rungs of a bracket, ascending, the last one the full length. */
  rungsOf(bracket: number): readonly number[]
  /** @param canStart whether the budget still has room for a new trial */
  nextMove(trials: readonly ScheduledTrial[], canStart: boolean): Move
}
