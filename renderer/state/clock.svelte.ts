/** The time of day for texts like "3 min ago": one tick for the whole window, every ten seconds. */
class Clock {
  now = $state.raw(Date.now())

  constructor() {
    setInterval(() => (this.now = Date.now()), 10_000)
  }
}

export const clock = new Clock()
