/**
 * What every searcher is: a pure function from what is known so far to the next configuration. Its random numbers are keyed by the sweep's seed
 * and the number of the trial, so that a sweep that was killed asks the same question again and gets the same answer.
 */
import type { Configuration, SearchSpace } from '../space/search-space.ts'

/** A trial as a searcher sees it. */
export interface Observation {
  readonly number: number
  readonly configuration: Configuration
  /** `partial`: paused before the full length, for its length alone. `stopped`: before it, because it fell behind. */
  readonly state: 'complete' | 'partial' | 'stopped' | 'running' | 'failed'
  /** One a objective, smaller is better; null as long as nothing was reported. */
  readonly losses: readonly number[] | null
  /** Epochs behind `losses`. */
  readonly resource: number
  /** Multiply-adds of one example; undefined where it is not known. */
  readonly cost?: number | undefined
}

export interface SearchRequest {
  readonly space: SearchSpace
  readonly seed: number
  /** Number of the trial that is asked for, from 0. */
  readonly number: number
  readonly history: readonly Observation[]
}

export interface Searcher {
  /** Undefined when there is nothing left to try. */
  suggest(request: SearchRequest): Configuration | undefined
}
