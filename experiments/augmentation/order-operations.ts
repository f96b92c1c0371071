/** The order in which a list acts: by stages, within a stage as written. Lists are edited in this order, so that what is seen is what happens. */
import type { AugmentationSpec } from './augmentation-spec.ts'
import { augmentationStages, type AugmentationStage } from './define-augmentation.ts'
import { augmentationOf } from './registry.ts'

/** Geometry for a kind that is not known. */
export function stageOf({ type }: Pick<AugmentationSpec, 'type'>): AugmentationStage {
  return augmentationOf(type)?.stage ?? 'geometry'
}

export function effectiveOrder(list: readonly AugmentationSpec[]): readonly AugmentationSpec[] {
  return list.toSorted((a, b) => augmentationStages.indexOf(stageOf(a)) - augmentationStages.indexOf(stageOf(b)))
}

/** The list in its effective order with the operation at `from` moved by `steps`, as far as its stage reaches. */
export function moveOperation(
  list: readonly AugmentationSpec[],
  from: number,
  steps: number,
): readonly AugmentationSpec[] {
  const ordered = [...effectiveOrder(list)]
  const moved = ordered[from]
  if (!moved) return ordered
  const places = ordered.flatMap((one, place) => (stageOf(one) === stageOf(moved) ? [place] : []))
  const [first = from, last = from] = [places[0], places.at(-1)]
  ordered.splice(from, 1)
  ordered.splice(Math.min(last, Math.max(first, from + steps)), 0, moved)
  return ordered
}
