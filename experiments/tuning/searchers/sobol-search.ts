/** Quasi-random draws: they fill the space evenly, so that a few of them miss less of it than random ones. */
import { buildConfiguration, type Configuration, type SearchSpace } from '../space/search-space.ts'
import type { Searcher } from './searcher.ts'
import { scrambledSobol } from './sobol-sequence.ts'

export const sobolSearch: Searcher = {
  suggest: ({ space, seed, number }) => drawSobol(space, seed, number),
}

export function drawSobol(space: SearchSpace, seed: number, number: number): Configuration {
  return buildConfiguration(space, (_, dimension) => scrambledSobol(number, dimension, seed))
}
