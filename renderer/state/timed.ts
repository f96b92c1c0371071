/** Work with a name in the timeline of the window, where developer tools and benchmarks find how long it took. */
export function timed<T>(name: string, work: () => T): T {
  const start = performance.now()
  const made = work()
  performance.measure(name, { start })
  // Whoever observes has been told; kept, the entries of a long session would pile up.
  performance.clearMeasures(name)
  return made
}
