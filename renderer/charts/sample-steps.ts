/** Which steps a table of limited length shows: all of the sparse series, and evenly chosen ones of the others, always with the last. */
import type { CurveColumns } from './curve-columns.ts'

export function sampleSteps(series: readonly CurveColumns[], limit: number): readonly number[] {
  const steps = new Set<number>()
  for (const columns of [...series].sort((a, b) => a.length - b.length)) {
    const room = limit - steps.size
    if (room <= 0) break
    const stride = Math.max(1, Math.ceil(columns.length / room))
    for (let i = columns.length - 1; i >= 0; i -= stride) steps.add(columns.steps[i] ?? 0)
  }
  return [...steps].sort((a, b) => a - b)
}
