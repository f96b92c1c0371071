/**
 * Functions that searchers are compared on, to be minimised; each knows its minimum. The peer's program has the same ones, and the benchmark checks
 * that both agree before it begins. Multi-fidelity Hartmann in the manner of mf-prior-bench: the weights of the
 * four bumps bend with falling fidelity.
 */
import type { AxisSpecInput } from '../space/axis-spec.ts'
import type { Configuration } from '../space/search-space.ts'

export interface Objective {
  readonly id: string
  readonly space: readonly AxisSpecInput[]
  readonly minimum: number
  /** @param fidelity 0 to 1 */
  readonly value: (configuration: Configuration, fidelity: number) => number
}

const alpha = [1, 1.2, 3, 3.2]
const a3 = [
  [3, 10, 30],
  [0.1, 10, 35],
  [3, 10, 30],
  [0.1, 10, 35],
]
const p3 = [
  [3689, 1170, 2673],
  [4699, 4387, 7470],
  [1091, 8732, 5547],
  [381, 5743, 8828],
]
const a6 = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const p6 = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
]
const names = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`)
const numbers = (configuration: Configuration, count: number) => names(count).map((name) => Number(configuration[name]))
const cube = (count: number, low: number, high: number): AxisSpecInput[] =>
  names(count).map((path) => ({ path, range: [low, high] }))

function hartmann(
  a: readonly (readonly number[])[],
  p: readonly (readonly number[])[],
  x: readonly number[],
  bend: number,
): number {
  let sum = 0
  alpha.forEach((weight, i) => {
    let inner = 0
    x.forEach((value, j) => (inner += (a[i]?.[j] ?? 0) * (value - (p[i]?.[j] ?? 0) / 10_000) ** 2))
    sum -= (weight - bend) * Math.exp(-inner)
  })
  return sum
}

export const objectives: readonly Objective[] = [
  {
    id: 'branin',
    space: [
      { path: 'x0', range: [-5, 10] },
      { path: 'x1', range: [0, 15] },
    ],
    minimum: 0.39788735772973816,
    value: (configuration) => {
      const [x = 0, y = 0] = numbers(configuration, 2)
      const inner = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6
      return inner * inner + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10
    },
  },
  {
    id: 'hartmann6',
    space: cube(6, 0, 1),
    minimum: -3.322368011391339,
    value: (configuration) => hartmann(a6, p6, numbers(configuration, 6), 0),
  },
  {
    id: 'rosenbrock5',
    space: cube(5, -5, 10),
    minimum: 0,
    value: (configuration) => {
      const x = numbers(configuration, 5)
      let sum = 0
      for (let i = 0; i < 4; i++) sum += 100 * ((x[i + 1] ?? 0) - (x[i] ?? 0) ** 2) ** 2 + (1 - (x[i] ?? 0)) ** 2
      return Math.log1p(sum)
    },
  },
  {
    id: 'ackley8',
    space: cube(8, -32.768, 32.768),
    minimum: 0,
    value: (configuration) => {
      const x = numbers(configuration, 8)
      const squares = x.reduce((sum, value) => sum + value * value, 0) / 8
      const waves = x.reduce((sum, value) => sum + Math.cos(2 * Math.PI * value), 0) / 8
      return -20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves) + 20 + Math.E
    },
  },
  {
    // A training in miniature: which optimizer decides which numbers matter, and the best learning rate depends on the width.
    id: 'conditional',
    space: [
      { path: 'optimizer', values: ['sgd', 'adam', 'rmsprop'] },
      { path: 'rate', range: [1e-5, 1], scale: 'log' },
      { path: 'momentum', range: [0, 0.99], when: { axis: 'optimizer', in: ['sgd'] } },
      { path: 'beta', range: [0.5, 0.999], when: { axis: 'optimizer', in: ['adam'] } },
      { path: 'width', range: [8, 256], integer: true, scale: 'log' },
      { path: 'depth', range: [1, 6], integer: true },
    ],
    minimum: 0.05,
    value: ({ optimizer, rate, momentum, beta, width, depth }) => {
      const w = Math.log2(Number(width))
      const best = optimizer === 'sgd' ? -1 - 0.15 * (w - 5) : optimizer === 'adam' ? -3 - 0.2 * (w - 5) : -3.5
      const offset = optimizer === 'sgd' ? 0.05 : optimizer === 'adam' ? 0.08 : 0.15
      const own =
        optimizer === 'sgd' ? (Number(momentum) - 0.9) ** 2 : optimizer === 'adam' ? 2 * (Number(beta) - 0.9) ** 2 : 0
      return (
        offset +
        0.08 * (Math.log10(Number(rate)) - best) ** 2 +
        0.5 * own +
        0.02 * (w - 7) ** 2 +
        0.015 * (Number(depth) - 4) ** 2
      )
    },
  },
]

/** Fidelity z from 0 to 1; the cost of an evaluation is its epochs. */
export const fidelityObjectives: readonly Objective[] = [
  {
    id: 'mf-hartmann3',
    space: cube(3, 0, 1),
    minimum: -3.86277978733266,
    value: (configuration, z) => hartmann(a3, p3, numbers(configuration, 3), 2.5 * (1 - z)),
  },
  {
    id: 'mf-hartmann6',
    space: cube(6, 0, 1),
    minimum: -3.322368011391339,
    value: (configuration, z) => hartmann(a6, p6, numbers(configuration, 6), 2.5 * (1 - z)),
  },
]
