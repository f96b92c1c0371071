/**
 * Lets jobs follow their wishes some hundred at a time, each time in one transaction; between two of them the service answers others. What is wanted
 * is written down already: a database that is locked now only delays that the jobs follow, and a service that ends half way takes the rest up when it
 * starts again.
 */
import type { BusyRetries } from './busy-retries.ts'
import type { WishFollower } from './follow-wishes.ts'
import type { RunRecorder } from './run-recorder.ts'

export interface FollowInTurnsParts {
  readonly recorder: RunRecorder
  readonly follower: WishFollower
  readonly retries: BusyRetries
  /** All of them have followed, but for those that have to stop first. */
  readonly followed: (runs: readonly number[]) => void
}

/** Some ten milliseconds on a common machine. */
const jobsATurn = 250

export class FollowInTurns {
  private readonly parts: FollowInTurnsParts

  constructor(parts: FollowInTurnsParts) {
    this.parts = parts
  }

  /** Few follow at once, and what goes wrong then is thrown. Resolves when those that had to stop have done so, and never rejects. */
  follow(runs: readonly number[]): Promise<void> {
    let done = (): void => undefined
    const promise = new Promise<void>((resolve) => (done = resolve))
    const begin = (): void => this.turn(runs, 0, [], done)
    if (runs.length <= jobsATurn) begin()
    else setImmediate(begin)
    return promise
  }

  private turn(runs: readonly number[], from: number, stops: Promise<void>[], done: () => void): void {
    const { recorder, follower, retries, followed } = this.parts
    const to = from + jobsATurn
    retries.whenFree(() => {
      stops.push(...recorder.together(() => follower.follow(runs.slice(from, to))))
      if (to < runs.length) return void setImmediate(() => this.turn(runs, to, stops, done))
      followed(runs)
      void Promise.all(stops).then(done)
    })
  }
}
