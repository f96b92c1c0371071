/** The settings that local response normalisation and its gradient share. */
import { countAttribute, numberAttribute, type AttributesOf } from './attributes.ts'

export const localResponseAttributes = {
  size: countAttribute,
  alpha: numberAttribute,
  beta: numberAttribute,
  bias: numberAttribute,
}
export type LocalResponseAttributes = AttributesOf<typeof localResponseAttributes>
