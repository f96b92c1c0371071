/** The trials that no other one beats in every objective. */
import { dominates } from '../searchers/rank-observations.ts'

/** Indexes of the points nothing dominates, in order of the first objective. All objectives are minimised. */
export function paretoFront(points: readonly (readonly number[])[]): readonly number[] {
  const finite = points.map((_, i) => i).filter((i) => points[i]?.every(Number.isFinite))
  return finite
    .filter((i) => !finite.some((j) => dominates(points[j] ?? [], points[i] ?? [])))
    .toSorted((a, b) => (points[a]?.[0] ?? 0) - (points[b]?.[0] ?? 0))
}
