/**
 * A density over configurations: one kernel an observation and a wide one for the prior. A kernel is a product over the axes: a normal cut to the
 * axis and gathered over a level's cell, or a bump on a choice. An axis that an observation lacks, because its condition did not hold, is
 * uniform in that kernel: conditional axes share what they know without a model each.
 * Bandwidths as in Watanabe: Tree-Structured Parzen Estimator, 2023, section 3.3 (neighbour distance with a lower limit).
 */
import { inverseNormal } from '../../random/inverse-normal.ts'
import type { CounterRandom } from '../../random/counter-random.ts'
import { logNormalMass, normalCdf } from '../math/normal-distribution.ts'
import type { Axis } from '../space/axis.ts'
import { isActive, type Configuration, type SearchSpace } from '../space/search-space.ts'
import type { JsonValue } from '../../errors/studio-error.ts'

type Positions = readonly (number | undefined)[]

interface AxisKernels {
  /** Undefined: uniform over the axis. */
  readonly centres: readonly (number | undefined)[]
  readonly widths: readonly number[]
}

export class ParzenEstimator {
  private readonly space: SearchSpace
  private readonly cumulative: readonly number[]
  private readonly logWeights: readonly number[]
  private readonly kernels: readonly AxisKernels[]
  private readonly count: number

  /** @param weights one a point; the prior gets a weight of 1 */
  constructor(space: SearchSpace, points: readonly Positions[], weights: readonly number[]) {
    this.space = space
    this.count = points.length + 1
    const total = weights.reduce((sum, weight) => sum + weight, 1)
    const shares = [...weights, 1].map((weight) => weight / total)
    this.logWeights = shares.map((share) => Math.log(share))
    let sum = 0
    this.cumulative = shares.map((share) => (sum += share))
    this.kernels = space.axes.map((axis, i) =>
      this.axisKernels(
        axis,
        points.map((point) => point[i]),
      ),
    )
  }

  sample(random: CounterRandom): Configuration {
    const draw = random.uniform()
    const found = this.cumulative.findIndex((sum) => draw < sum)
    const kernel = found < 0 ? this.count - 1 : found
    const values: Record<string, JsonValue> = {}
    this.space.axes.forEach((axis, i) => {
      const uniform = random.uniform()
      if (isActive(axis, values)) values[axis.name] = axis.valueAt(this.draw(axis, i, kernel, uniform))
    })
    return values
  }

  logDensity(positions: Positions): number {
    const logs = new Float64Array(this.count)
    logs.set(this.logWeights)
    this.space.axes.forEach((axis, i) => {
      const position = positions[i]
      if (position !== undefined) this.addLogDensities(axis, i, position, logs)
    })
    let top = Number.NEGATIVE_INFINITY
    for (const log of logs) top = Math.max(top, log)
    let sum = 0
    for (const log of logs) sum += Math.exp(log - top)
    return top + Math.log(sum)
  }

  private draw(axis: Axis, index: number, kernel: number, uniform: number): number {
    const { centres, widths } = this.kernels[index] as AxisKernels
    const centre = centres[kernel]
    if (centre === undefined) return uniform
    if (!axis.isOrdered) return this.drawChoice(axis, centre, uniform)
    const width = widths[kernel] ?? 1
    const [low, high] = [normalCdf(-centre / width), normalCdf((1 - centre) / width)]
    const probability = Math.min(1 - 1e-16, Math.max(1e-300, low + (high - low) * uniform))
    return Math.min(1, Math.max(0, centre + width * inverseNormal(probability)))
  }

  /** The chosen level has the mass of its observation, all levels share that of the prior. */
  private drawChoice(axis: Axis, centre: number, uniform: number): number {
    const shared = this.choicePrior()
    if (uniform >= shared) return centre
    return uniform / shared
  }

  private addLogDensities(axis: Axis, index: number, position: number, logs: Float64Array): void {
    const { centres, widths } = this.kernels[index] as AxisKernels
    const [low, high] = axis.cellAt(position)
    const levels = axis.levels ?? 0
    for (let kernel = 0; kernel < this.count; kernel++) {
      const centre = centres[kernel]
      let log = 0
      if (centre === undefined) log = levels > 0 ? Math.log(high - low) : 0
      else if (!axis.isOrdered) {
        const shared = this.choicePrior()
        log = Math.log(shared / levels + (Math.abs(centre - position) < 0.5 / levels ? 1 - shared : 0))
      } else {
        const width = widths[kernel] ?? 1
        const mass = logNormalMass(-centre / width, (1 - centre) / width)
        const z = (position - centre) / width
        log =
          levels > 0
            ? logNormalMass((low - centre) / width, (high - centre) / width) - mass
            : (-z * z) / 2 - Math.log(width * Math.sqrt(2 * Math.PI)) - mass
      }
      logs[kernel] = (logs[kernel] ?? 0) + log
    }
  }

  private choicePrior(): number {
    return 1 / (1 + this.count)
  }

  private axisKernels(axis: Axis, observed: readonly (number | undefined)[]): AxisKernels {
    const present = observed.flatMap((position, i) => (position === undefined ? [] : [{ position, i }]))
    const widths = new Array<number>(this.count).fill(1)
    if (!axis.isOrdered) return { centres: [...observed, undefined], widths }
    present.sort((a, b) => a.position - b.position)
    const smallest = 1 / Math.min(100, 1 + this.count)
    present.forEach(({ position, i }, place) => {
      const before = present[place - 1]?.position
      const after = present[place + 1]?.position
      const distances = [
        before === undefined ? undefined : position - before,
        after === undefined ? undefined : after - position,
      ]
      const known = distances.filter((distance) => distance !== undefined)
      // One observation alone reaches to the borders of the axis.
      const width = known.length === 0 ? Math.max(position, 1 - position) : Math.max(...known)
      widths[i] = Math.min(1, Math.max(smallest, width))
    })
    // The last kernel is the prior: as wide as the axis, in its middle.
    return { centres: [...observed, 0.5], widths }
  }
}
