/**
 * Bayesian optimisation with a Gaussian process: Matern 5/2 kernel with a length a axis, hyper-parameters by their posterior, expected
 * improvement. For few axes: its cost grows with the third power of the trials. Snoek et al.: Practical Bayesian Optimization, NIPS 2012.
 * Running trials are given their predicted loss, so that parallel ones keep apart; axes that do not exist count as their middle.
 */
import { counterRandom, type CounterRandom } from '../../random/counter-random.ts'
import { normalCdf, normalPdf } from '../math/normal-distribution.ts'
import {
  buildConfiguration,
  belongsTo,
  configurationKey,
  positionsOf,
  type Configuration,
  type SearchSpace,
} from '../space/search-space.ts'
import { comparableObservations } from './comparable-observations.ts'
import { rankObservations } from './rank-observations.ts'
import type { Searcher } from './searcher.ts'
import { drawSobol } from './sobol-search.ts'
import { fitGaussianProcess, type GaussianProcess } from './gaussian-process.ts'

/** More trials than this are too many for one suggestion; the best and the newest are kept. */
const maxTrials = 250
const candidates = 512
const localSteps = 60

export function gaussianProcessSearch({ startup = 8 }: { readonly startup?: number } = {}): Searcher {
  return {
    suggest: ({ space, seed, number, history }) => {
      const usable = history.filter(({ configuration }) => belongsTo(space, configuration))
      const measured = rankObservations(usable).filter(({ state }) => state !== 'failed')
      if (measured.length < startup) return drawSobol(space, seed, number)
      const { observations } = comparableObservations(space, measured)
      const ranked = rankObservations(observations)
      const kept = [
        ...new Set([...ranked.slice(0, maxTrials / 2), ...ranked.toSorted((a, b) => b.number - a.number)]),
      ].slice(0, maxTrials)
      const points = kept.map(({ configuration }) => pointOf(space, configuration))
      // Of several objectives the rank is what is modelled; of one its value.
      const several = (kept[0]?.losses?.length ?? 1) > 1
      const losses = kept.map((trial) => (several ? ranked.indexOf(trial) : (trial.losses?.[0] ?? 0)))
      const isOrdered = space.axes.map((axis) => axis.isOrdered)
      const random = counterRandom({ seed, purpose: 'sweep/gp', index: number })
      let process = fitGaussianProcess(points, losses, isOrdered)
      const running = usable
        .filter(({ state }) => state === 'running')
        .map(({ configuration }) => pointOf(space, configuration))
      if (running.length > 0) {
        const believed = running.map((point) => process.predict(point).mean)
        process = fitGaussianProcess([...points, ...running], [...losses, ...believed], isOrdered, process.parameters)
      }
      const tried = new Set(usable.map(({ configuration }) => configurationKey(configuration)))
      const isDiscrete = space.axes.every(({ levels }) => levels !== undefined)
      return maximise(space, process, random, isDiscrete ? tried : new Set(), { points, losses, seed, number })
    },
  }
}

interface Start {
  readonly points: readonly (readonly number[])[]
  readonly losses: readonly number[]
  readonly seed: number
  readonly number: number
}

function maximise(
  space: SearchSpace,
  process: GaussianProcess,
  random: CounterRandom,
  tried: ReadonlySet<string>,
  start: Start,
): Configuration {
  const best = Math.min(...start.losses)
  const score = (configuration: Configuration) => {
    if (tried.has(configurationKey(configuration))) return Number.NEGATIVE_INFINITY
    return expectedImprovement(process, pointOf(space, configuration), best)
  }
  const drawn = Array.from({ length: candidates }, (_, i) => {
    const configuration = drawSobol(space, start.seed, (start.number + 1) * candidates + i)
    return { configuration, gain: score(configuration) }
  })
  const incumbents = start.losses
    .map((loss, i) => ({ loss, i }))
    .toSorted((a, b) => a.loss - b.loss)
    .slice(0, 3)
  const seeds = incumbents.map(({ i }) => moved(space, start.points[i] ?? [], random, 0.05))
  const starts = [
    ...drawn.toSorted((a, b) => b.gain - a.gain).slice(0, 3),
    ...seeds.map((configuration) => ({ configuration, gain: score(configuration) })),
  ]
  let winner = starts[0] as (typeof starts)[number]
  for (const begin of starts) {
    let current = begin
    for (let step = 0; step < localSteps; step++) {
      const configuration = moved(space, pointOf(space, current.configuration), random, 0.2 * 0.94 ** step)
      const gain = score(configuration)
      if (gain > current.gain) current = { configuration, gain }
    }
    if (current.gain > winner.gain) winner = current
  }
  return winner.configuration
}

function moved(space: SearchSpace, point: readonly number[], random: CounterRandom, width: number): Configuration {
  const shifted = space.axes.map((axis, i) => {
    const [jump, uniform] = [random.normal(), random.uniform()]
    if (!axis.isOrdered) return random.uniform() < 0.2 ? uniform : (point[i] ?? 0.5)
    return Math.min(
      1,
      Math.max(0, (point[i] ?? 0.5) + jump * Math.max(width, axis.levels === undefined ? 0 : 0.6 / axis.levels)),
    )
  })
  return buildConfiguration(space, (_, i) => shifted[i] ?? 0.5)
}

function expectedImprovement(process: GaussianProcess, point: readonly number[], best: number): number {
  const { mean, deviation } = process.predict(point)
  if (deviation < 1e-12) return Math.max(0, best - mean)
  const z = (best - mean) / deviation
  return deviation * (z * normalCdf(z) + normalPdf(z))
}

function pointOf(space: SearchSpace, configuration: Configuration): readonly number[] {
  return positionsOf(space, configuration).map((position) => position ?? 0.5)
}
