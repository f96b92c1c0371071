/**
 * Work that must not stand between a key and what it draws: done when the frame has been drawn, at the latest after `latestMs` (a window that nobody
 * sees draws no frames).
 */
const latestMs = 100

/** @returns takes it back, if it was not done yet */
export function afterFrame(work: () => void): () => void {
  let done = false
  const run = (): void => {
    if (done) return
    done = true
    work()
  }
  const frame = requestAnimationFrame(() => setTimeout(run))
  const latest = setTimeout(run, latestMs)
  return () => {
    done = true
    cancelAnimationFrame(frame)
    clearTimeout(latest)
  }
}

/** The same when the window has nothing else to do, such as keys that wait; at the latest after half a second. */
export function whenIdle(work: () => void): () => void {
  const request = requestIdleCallback(work, { timeout: 500 })
  return () => cancelIdleCallback(request)
}
