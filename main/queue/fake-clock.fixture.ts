/** A clock that tests move: what is due comes in its order, at its own time. */
import type { Clock } from './clock.ts'

interface Timer {
  at: number
  readonly action: () => void
}

export class FakeClock implements Clock {
  private at: number
  private readonly timers = new Set<Timer>()

  /** @param start milliseconds since 1970, or a time that `Date.parse` reads */
  constructor(start: number | string) {
    this.at = timeOf(start)
  }

  now(): number {
    return this.at
  }

  later(afterMs: number, action: () => void): () => void {
    const timer = { at: this.at + afterMs, action }
    this.timers.add(timer)
    return () => void this.timers.delete(timer)
  }

  /** Time goes by. */
  advanceTo(time: number | string): void {
    const end = timeOf(time)
    for (let next = this.firstUntil(end); next; next = this.firstUntil(end)) {
      this.at = Math.max(this.at, next.at)
      this.run(next)
    }
    this.at = end
  }

  /** The machine slept, or somebody set its clock: time on the wall is another one, and timers go on as if nothing had been. */
  leapTo(time: number | string): void {
    const by = timeOf(time) - this.at
    for (const timer of this.timers) timer.at += by
    this.at += by
  }

  private firstUntil(end: number): Timer | undefined {
    return [...this.timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
  }

  private run(timer: Timer): void {
    this.timers.delete(timer)
    timer.action()
  }
}

function timeOf(time: number | string): number {
  return typeof time === 'number' ? time : Date.parse(time)
}
