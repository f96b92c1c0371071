/**
 * Tree-structured Parzen estimator, multivariate: one density over the best seventh of the trials, one over the others; of the candidates drawn from
 * the first, the one whose ratio is best. Bergstra et al., NIPS 2011; choices of Watanabe, 2023. It begins with a Sobol sequence, learns from
 * the longest trainings of which there are enough, and counts running ones as bad, so that parallel trials keep apart.
 */
import { counterRandom } from '../../random/counter-random.ts'
import {
  belongsTo,
  configurationKey,
  positionsOf,
  type Configuration,
  type SearchSpace,
} from '../space/search-space.ts'
import { comparableObservations } from './comparable-observations.ts'
import { fitLogCost, type LogCost } from './cost-model.ts'
import { ParzenEstimator } from './parzen-estimator.ts'
import { hasLosses, rankObservations } from './rank-observations.ts'
import type { Observation, Searcher } from './searcher.ts'
import { drawSobol } from './sobol-search.ts'

export interface TpeOptions {
  /** Trials that are spread evenly before the model begins. Default 10. */
  readonly startup?: number
  /** Candidates of which the best is taken. Default 64. */
  readonly candidates?: number
  /** Share of the trials that counts as good. Default 0.15. */
  readonly goodShare?: number
  /** Improvement for each multiply-add counts, not improvement alone. Default false. */
  readonly perCost?: boolean
}

/** Older trials than this many count less and less: the searcher knew little when it asked for them. */
const fullWeight = 25
const maxGood = 25
/** While only short trainings can be compared, one trial in three is drawn evenly: should they mislead, what they hide is still found (BOHB). */
const evenShare = 1 / 3

export function tpeSearch(options: TpeOptions = {}): Searcher {
  const { startup = 10, candidates = 64, goodShare = 0.15, perCost = false } = options
  return {
    suggest: ({ space, seed, number, history }) => {
      const usable = history.filter(({ configuration }) => belongsTo(space, configuration))
      if (rankObservations(usable).length < startup) return drawSobol(space, seed, number)
      const { observations, isWhole } = comparableObservations(space, usable)
      const random = counterRandom({ seed, purpose: 'sweep/tpe', index: number })
      if (!isWhole && random.uniform() < evenShare) return drawSobol(space, seed, number)
      const ranked = rankObservations(observations)
      // One that failed is never good, however many did.
      const measured = ranked.filter(hasLosses).length
      if (measured === 0) return drawSobol(space, seed, number)
      const goodCount = Math.min(Math.ceil(goodShare * ranked.length), maxGood, measured)
      const running = usable.filter(({ state }) => state === 'running')
      const good = estimate(space, ranked.slice(0, goodCount))
      const bad = estimate(space, [...ranked.slice(goodCount), ...running])
      const tried = new Set(
        space.axes.every(({ levels }) => levels !== undefined)
          ? usable.map((trial) => configurationKey(trial.configuration))
          : [],
      )
      const logCost = fitLogCost(space, perCost ? usable.flatMap(knownCost) : [])
      const model = { good, bad, goodShare: goodCount / ranked.length, logCost, tried }
      return bestCandidate(space, model, candidates, () => good.sample(random))
    },
  }
}

interface Model {
  readonly good: ParzenEstimator
  readonly bad: ParzenEstimator
  readonly goodShare: number
  readonly logCost: LogCost
  /** Configurations that would tell nothing new. */
  readonly tried: ReadonlySet<string>
}

function bestCandidate(space: SearchSpace, model: Model, count: number, draw: () => Configuration): Configuration {
  let best: { configuration: Configuration; gain: number; isNew: boolean } | undefined
  for (let i = 0; i < count; i++) {
    const configuration = draw()
    const positions = positionsOf(space, configuration)
    const odds = model.good.logDensity(positions) - model.bad.logDensity(positions)
    const gain = logImprovement(odds, model.goodShare) - model.logCost(configuration)
    const isNew = !model.tried.has(configurationKey(configuration))
    if (best === undefined || (isNew && !best.isNew) || (isNew === best.isNew && gain > best.gain)) {
      best = { configuration, gain, isNew }
    }
  }
  return best?.configuration ?? draw()
}

/**
 * Logarithm of the expected improvement, up to a constant (Bergstra et al., section 4.1): it grows with the logarithm of good over bad and
 * levels off, so that it can be weighed against a cost (improvement per second: Snoek et al., NIPS 2012, section 3.2).
 */
function logImprovement(odds: number, goodShare: number): number {
  return -Math.log(goodShare + (1 - goodShare) * Math.exp(-odds))
}

function knownCost({ configuration, cost }: Observation) {
  return cost === undefined || cost <= 0 ? [] : [{ configuration, cost }]
}

function estimate(space: SearchSpace, trials: readonly Observation[]): ParzenEstimator {
  const inTime = trials.toSorted((a, b) => a.number - b.number)
  const old = inTime.length - fullWeight
  const weights = inTime.map((_, i) =>
    i >= old ? 1 : (1 + i * ((inTime.length - 1) / Math.max(1, old - 1))) / inTime.length,
  )
  return new ParzenEstimator(
    space,
    inTime.map(({ configuration }) => positionsOf(space, configuration)),
    weights,
  )
}
