/** Independent draws, uniform over each axis. Bergstra, Bengio: Random Search for Hyper-Parameter Optimization, JMLR 2012. */
import { counterRandom } from '../../random/counter-random.ts'
import { buildConfiguration, type Configuration, type SearchSpace } from '../space/search-space.ts'
import type { Searcher } from './searcher.ts'

export const randomSearch: Searcher = {
  suggest: ({ space, seed, number }) => drawUniform(space, seed, number),
}

/** Each axis has a stream of its own: adding one leaves the draws of the others alone. */
export function drawUniform(space: SearchSpace, seed: number, number: number, purpose = 'sweep/random'): Configuration {
  return buildConfiguration(space, ({ name }) =>
    counterRandom({ seed, purpose: `${purpose}/${name}`, index: number }).uniform(),
  )
}
