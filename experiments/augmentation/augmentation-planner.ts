/**
 * From a list of operations to the plan of any image of any epoch. Every operation has a random stream of its own, named by its kind and
 * place among its kind, so that changing one leaves what the others draw alone.
 */
import type { JsonObject } from '../errors/studio-error.ts'
import { movableRandom, type MovableRandom } from '../random/counter-random.ts'
import type { AugmentationSpec } from './augmentation-spec.ts'
import { augmentationStages, type AugmentationDefinition } from './define-augmentation.ts'
import type { ImagePlan } from './image-plan.ts'
import { augmentationOf } from './registry.ts'

interface PlannedOperation {
  readonly definition: AugmentationDefinition
  readonly params: JsonObject
  readonly probability: number
  readonly random: MovableRandom
}

export class AugmentationPlanner {
  readonly seed: number
  readonly #operations: readonly PlannedOperation[]

  /** @param list complete specifications, see augmentation-spec.ts */
  constructor(list: readonly AugmentationSpec[], seed: number) {
    this.seed = seed
    const counts = new Map<string, number>()
    const operations = list.map(({ type, ...params }): PlannedOperation => {
      const definition = augmentationOf(type)
      if (!definition) throw new Error(`there is no augmentation ${type}`)
      const place = counts.get(type) ?? 0
      counts.set(type, place + 1)
      const probability = typeof params['probability'] === 'number' ? params['probability'] : 1
      return { definition, params, probability, random: movableRandom(seed, `augment/${type}/${place}`) }
    })
    this.#operations = operations.toSorted((a, b) => stageOf(a) - stageOf(b))
  }

  /** Writes the plan of example `index` (its place in the training split) in `epoch`. */
  plan(epoch: number, index: number, plan: ImagePlan): void {
    plan.reset()
    for (const { definition, params, probability, random } of this.#operations) {
      if (probability === 0) continue
      random.moveTo(epoch, index)
      if (probability < 1 && random.uniform() >= probability) continue
      definition.draw(plan, random, params)
    }
    plan.finish()
  }
}

function stageOf({ definition }: PlannedOperation): number {
  return augmentationStages.indexOf(definition.stage)
}
