/**
 * The form of an augmentation: one file per operation, everything about it in that file. `params` alone yields type, validation, JSON form
 * and the window's form. An operation never touches pixels: it draws its random numbers and writes what they mean into the image's plan,
 * so that a chain of any length costs one resampling and one pass over the colours.
 */
import type { JsonObject } from '../errors/studio-error.ts'
import type { ParamsOf, ParamTable } from '../layers/params/param-kind.ts'
import { real } from '../layers/params/numbers.ts'
import type { CounterRandom } from '../random/counter-random.ts'
import type { ImagePlan } from './image-plan.ts'

/**
 * Where in an image's way to the batch an operation acts. Within a stage the order of the list counts; the stages have this order whatever
 * the list says.
 */
export const augmentationStages = ['geometry', 'blur', 'colour', 'noise', 'erase', 'mix'] as const
export type AugmentationStage = (typeof augmentationStages)[number]

export interface AugmentationDefinition<P = JsonObject> {
  /** Stands in experiments for ever. */
  readonly id: string
  readonly version: number
  readonly stage: AugmentationStage
  readonly title: string
  readonly summary: string
  readonly params: ParamTable
  /** Whether it uses colours: of grey images nothing would change. */
  readonly needsColour?: boolean
  draw(plan: ImagePlan, random: CounterRandom, params: P): void
}

type Typed<Table> = Omit<AugmentationDefinition<ParamsOf<Table>>, 'params'> & {
  readonly params: Table
  /** How often it is applied by default. Default 1; `always` leaves the choice out. */
  readonly probability?: number | 'always'
}

/** Declares an operation; `probability` is a parameter of every one that is not `always`. The type is then forgotten, see layers. */
export function defineAugmentation<const Table extends ParamTable>(operation: Typed<Table>): AugmentationDefinition {
  const { probability = 1, params, ...rest } = operation
  const chance = {
    probability: real({
      label: 'Probability',
      help: 'Share of the images it is applied to',
      min: 0,
      max: 1,
      default: probability === 'always' ? 1 : probability,
    }),
  }
  return { ...rest, params: probability === 'always' ? params : { ...chance, ...params } }
}
