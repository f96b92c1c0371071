/** The searcher and the scheduler that a sweep's file asks for. */
import { asha } from './fidelity/asha.ts'
import type { FidelityScheduler } from './fidelity/fidelity.ts'
import { hyperband, successiveHalving } from './fidelity/successive-halving.ts'
import { wholeTrainings } from './fidelity/whole-trainings.ts'
import { gaussianProcessSearch } from './searchers/gaussian-process-search.ts'
import { gridSearch } from './searchers/grid-search.ts'
import { randomSearch } from './searchers/random-search.ts'
import type { Searcher } from './searchers/searcher.ts'
import { sobolSearch } from './searchers/sobol-search.ts'
import { tpeSearch } from './searchers/tpe-search.ts'
import type { SweepSpec } from './sweep-spec.ts'

export function makeSearcher(search: SweepSpec['search']): Searcher {
  switch (search.type) {
    case 'grid':
      return gridSearch
    case 'random':
      return randomSearch
    case 'sobol':
      return sobolSearch
    case 'tpe':
      return tpeSearch(search)
    case 'gp':
      return gaussianProcessSearch(search)
  }
}

export function makeScheduler(fidelity: SweepSpec['fidelity'], maxEpochs: number): FidelityScheduler {
  switch (fidelity.type) {
    case 'none':
    case 'median':
      return wholeTrainings(maxEpochs)
    case 'asha':
      return asha({ ...fidelity, maxEpochs })
    case 'halving':
      return successiveHalving({ ...fidelity, maxEpochs })
    case 'hyperband':
      return hyperband({ ...fidelity, maxEpochs })
  }
}
