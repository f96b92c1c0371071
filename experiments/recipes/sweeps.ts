/** Ready-made sweeps, by the name that the command line takes in place of a file. */
import type { SweepSpecInput } from '../tuning/sweep-spec.ts'
import { zfnetSweep } from './zfnet.ts'

export const sweepRecipes: Readonly<Record<string, SweepSpecInput>> = {
  zfnet: zfnetSweep(),
}

export function sweepRecipe(name: string): SweepSpecInput | undefined {
  return Object.hasOwn(sweepRecipes, name) ? sweepRecipes[name] : undefined
}
