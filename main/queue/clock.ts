/** The time as the queue sees it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls once, `afterMs` from now; returns what cancels it. */
  later(afterMs: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  later(afterMs, action) {
    const timer = setTimeout(action, afterMs)
    return () => clearTimeout(timer)
  },
}
