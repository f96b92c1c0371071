/**
 * A density over configurations: one kernel an observation and a wide one for the prior. A kernel is a product over the axes: a normal cut to the
 * axis and gathered over a level's cell, or a bump on a choice. An axis that an observation lacks, because its condition did not hold, is
 * uniform in that kernel: conditional axes share what they know without a model each.
 * Widths: see kernel-widths.ts.
 */
import { inverseNormal } from '../../random/inverse-normal.ts'
import type { CounterRandom } from '../../random/counter-random.ts'
import { logNormalMass, normalCdf } from '../math/normal-distribution.ts'
import type { Axis } from '../space/axis.ts'
import { isActive, type Configuration, type SearchSpace } from '../space/search-space.ts'
import type { JsonValue } from '../../errors/studio-error.ts'
import { kernelWidths } from './kernel-widths.ts'

type Positions = readonly (number | undefined)[]

interface AxisKernels {
  readonly axis: Axis
  /** One a kernel, the prior last. Undefined: uniform over the axis. */
  readonly centres: readonly (number | undefined)[]
  readonly widths: Float64Array
  /** Logarithm of what each kernel must be divided by to have a mass of 1 on the axis. */
  readonly logScales: Float64Array
  /** Of a discrete axis: the logarithms of all kernels at a level, by its position. They are asked for again and again. */
  readonly known: Map<number, Float64Array>
}

export class ParzenEstimator {
  private readonly space: SearchSpace
  private readonly cumulative: readonly number[]
  private readonly logWeights: Float64Array
  private readonly kernels: readonly AxisKernels[]
  private readonly count: number
  private readonly logs: Float64Array

  /** @param weights one a point; the prior gets a weight of 1 */
  constructor(space: SearchSpace, points: readonly Positions[], weights: readonly number[]) {
    this.space = space
    this.count = points.length + 1
    this.logs = new Float64Array(this.count)
    const total = weights.reduce((sum, weight) => sum + weight, 1)
    const shares = [...weights, 1].map((weight) => weight / total)
    this.logWeights = Float64Array.from(shares, Math.log)
    let sum = 0
    this.cumulative = shares.map((share) => (sum += share))
    this.kernels = space.axes.map((axis, i) =>
      axisKernels(
        axis,
        space.axes.length,
        points.map((point) => point[i]),
      ),
    )
  }

  sample(random: CounterRandom): Configuration {
    const draw = random.uniform()
    const found = this.cumulative.findIndex((sum) => draw < sum)
    const kernel = found < 0 ? this.count - 1 : found
    const values: Record<string, JsonValue> = {}
    for (const kernels of this.kernels) {
      const uniform = random.uniform()
      const { axis } = kernels
      if (isActive(axis, values)) values[axis.name] = axis.valueAt(this.draw(kernels, kernel, uniform))
    }
    return values
  }

  logDensity(positions: Positions): number {
    const { logs, count } = this
    logs.set(this.logWeights)
    this.kernels.forEach((kernels, i) => {
      const position = positions[i]
      if (position === undefined) return
      const added = this.logsAt(kernels, position)
      for (let kernel = 0; kernel < count; kernel++) logs[kernel]! += added[kernel]!
    })
    let top = Number.NEGATIVE_INFINITY
    for (const log of logs) top = Math.max(top, log)
    let sum = 0
    for (const log of logs) sum += Math.exp(log - top)
    return top + Math.log(sum)
  }

  private draw({ axis, centres, widths }: AxisKernels, kernel: number, uniform: number): number {
    const centre = centres[kernel]
    if (centre === undefined) return uniform
    if (!axis.isOrdered) return this.drawChoice(centre, uniform)
    const width = widths[kernel] ?? 1
    const [low, high] = [normalCdf(-centre / width), normalCdf((1 - centre) / width)]
    const probability = Math.min(1 - 1e-16, Math.max(1e-300, low + (high - low) * uniform))
    return Math.min(1, Math.max(0, centre + width * inverseNormal(probability)))
  }

  /** The chosen level has the mass of its observation, all levels share that of the prior. */
  private drawChoice(centre: number, uniform: number): number {
    const shared = this.choicePrior()
    return uniform >= shared ? centre : uniform / shared
  }

  private logsAt(kernels: AxisKernels, position: number): Float64Array {
    const { axis, known } = kernels
    const before = known.get(position)
    if (before !== undefined) return before
    const logs = axis.isOrdered ? orderedLogs(kernels, position) : this.choiceLogs(kernels, position)
    if (axis.levels !== undefined) known.set(position, logs)
    return logs
  }

  private choiceLogs({ axis, centres }: AxisKernels, position: number): Float64Array {
    const shared = this.choicePrior()
    const levels = axis.levels ?? 1
    return Float64Array.from(centres, (centre) => {
      if (centre === undefined) return -Math.log(levels)
      return Math.log(shared / levels + (Math.abs(centre - position) < 0.5 / levels ? 1 - shared : 0))
    })
  }

  private choicePrior(): number {
    return 1 / (1 + this.count)
  }
}

function axisKernels(axis: Axis, axes: number, observed: readonly (number | undefined)[]): AxisKernels {
  // The last kernel is the prior: as wide as the axis, in its middle.
  const centres = [...observed, axis.isOrdered ? 0.5 : undefined]
  const widths = kernelWidths(axis, axes, observed)
  const logScales = Float64Array.from(centres, (centre, kernel) => {
    if (centre === undefined || !axis.isOrdered) return 0
    const width = widths[kernel] ?? 1
    const mass = logNormalMass(-centre / width, (1 - centre) / width)
    return axis.levels === undefined ? mass + Math.log(width * Math.sqrt(2 * Math.PI)) : mass
  })
  return { axis, centres, widths, logScales, known: new Map() }
}

function orderedLogs({ axis, centres, widths, logScales }: AxisKernels, position: number): Float64Array {
  const isContinuous = axis.levels === undefined
  const [low, high] = axis.cellAt(position)
  const logs = new Float64Array(centres.length)
  for (let kernel = 0; kernel < logs.length; kernel++) {
    const centre = centres[kernel]
    const [width, scale] = [widths[kernel]!, logScales[kernel]!]
    if (centre === undefined) logs[kernel] = isContinuous ? 0 : Math.log(high - low)
    else if (isContinuous) logs[kernel] = -(((position - centre) / width) ** 2) / 2 - scale
    else logs[kernel] = logNormalMass((low - centre) / width, (high - centre) / width) - scale
  }
  return logs
}
