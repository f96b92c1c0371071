import { describe, expect, it } from 'vitest'
import { axisSpec, type AxisSpecInput } from '../space/axis-spec.ts'
import { compileSpace } from '../space/search-space.ts'
import { kernelWidths } from './kernel-widths.ts'

function axisOf(input: AxisSpecInput) {
  const compiled = compileSpace([axisSpec.parse(input)])
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.space.axes[0]!
}
const real = axisOf({ path: 'x', range: [0, 1] })
const levels = axisOf({ path: 'x', values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] })
const choice = axisOf({ path: 'x', values: ['a', 'b', 'c'] })
const widthsOf = (axis: typeof real, observed: readonly (number | undefined)[]) => [...kernelWidths(axis, 1, observed)]

describe('widths of kernels', () => {
  it('reach to the farther neighbour where values are continuous, the prior as wide as the axis', () => {
    const rounded = widthsOf(real, [0.9, 0.1, 0.4]).map((width) => Number(width.toFixed(12)))
    expect(rounded).toEqual([0.5, 0.3, 0.5, 1])
    expect(widthsOf(real, [0.3])).toEqual([0.7, 1])
  })

  it('are one width for all levels, whether observations lie on each other or apart', () => {
    const widths = widthsOf(levels, [0.05, 0.05, 0.05, 0.95, 0.95, 0.95])
    // 0.7 x 1.06 x deviation x 6^(-1/5)
    const expected = 0.742 * Math.sqrt((6 * 0.45 ** 2) / 5) * 6 ** -0.2
    expect(widths.at(-1)).toBe(1)
    for (const width of widths.slice(0, -1)) expect(width).toBeCloseTo(expected, 12)
  })

  it('never fall below the limit, which shrinks with the observations, and leave out those that lack the axis', () => {
    expect(widthsOf(real, [0.5, 0.5, undefined])).toEqual([0.2, 0.2, 1, 1])
    expect(
      widthsOf(
        levels,
        Array.from({ length: 200 }, () => 0.05),
      )[0],
    ).toBe(0.01)
    expect(widthsOf(choice, [0.5, 0.5])).toEqual([1, 1, 1])
  })

  it('treat more levels than kernels can tell apart as continuous', () => {
    const many = axisOf({ path: 'x', range: [1, 1000], integer: true })
    expect(widthsOf(many, [0.9, 0.1, 0.4])[1]).toBeCloseTo(0.3, 12)
  })
})
