/**
 * How long this process was inside of onnxruntime, for benchmarks: what is left of a step is time between the runs of the runtime, lost to
 * our own work, batches and copies.
 */
let seconds = 0

/** Seconds inside of runs since the process began; runs do not overlap. */
export function secondsInRuntime(): number {
  return seconds
}

export async function timed<T>(run: () => Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    return await run()
  } finally {
    seconds += (performance.now() - started) / 1000
  }
}
