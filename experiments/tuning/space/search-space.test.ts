/** Axes and their positions, conditions, and what is said of a space that contradicts itself. */
import { describe, expect, it } from 'vitest'
import { axisSpec, type AxisSpecInput } from './axis-spec.ts'
import { belongsTo, buildConfiguration, compileSpace, spaceSize, type SearchSpace } from './search-space.ts'

function spaceOf(...axes: AxisSpecInput[]): SearchSpace {
  const compiled = compileSpace(axes.map((axis) => axisSpec.parse(axis)))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.space
}

const issuesOf = (...axes: AxisSpecInput[]) => {
  const compiled = compileSpace(axes.map((axis) => axisSpec.parse(axis)))
  return compiled.ok ? [] : compiled.issues.map(({ message }) => message)
}

describe('an axis', () => {
  it.each<[AxisSpecInput, unknown[]]>([
    [{ path: 'a', range: [0.001, 10], scale: 'log' }, [0.001, 0.1, 10]],
    [{ path: 'a', range: [1, 3], integer: true }, [1, 2, 3]],
    [{ path: 'a', range: [8, 128], integer: true, scale: 'log' }, [8, 32, 128]],
    [{ path: 'a', range: [0, 1], step: 0.25 }, [0, 0.5, 1]],
    [{ path: 'a', values: [3, 7, 11] }, [3, 7, 11]],
    [{ path: 'a', values: ['sgd', { type: 'adam' }, [3, 5]] }, ['sgd', { type: 'adam' }, [3, 5]]],
  ])('%j goes from its first to its last value, and back to their positions', (spec, [first, middle, last]) => {
    const axis = spaceOf(spec).axes[0]!
    expect([axis.valueAt(0), axis.valueAt(1)]).toEqual([first, last])
    for (const value of [first, middle, last] as never[]) {
      const position = axis.positionOf(value)!
      const back = axis.valueAt(position)
      if (typeof value === 'number') expect(back as number).toBeCloseTo(value, 9)
      else expect(back).toEqual(value)
      const [low, high] = axis.cellAt(position)
      expect(low).toBeLessThanOrEqual(position)
      expect(high).toBeGreaterThanOrEqual(position)
    }
    expect(axis.positionOf('elsewhere')).toBeUndefined()
  })
})

describe('a space', () => {
  const conditional: AxisSpecInput[] = [
    { path: 'momentum', range: [0, 0.99], when: { axis: 'type', in: ['sgd'] } },
    { path: 'type', values: ['sgd', 'adam'] },
    { path: 'decay', range: [0, 1], when: { axis: 'momentum', min: 0.5 } },
  ]

  it('holds an axis only where its condition holds, through several of them', () => {
    const space = spaceOf(...conditional)
    expect(buildConfiguration(space, () => 0.01)).toEqual({ type: 'sgd', momentum: 0.0099 })
    expect(buildConfiguration(space, () => 0.99)).toEqual({ type: 'adam' })
    const all = buildConfiguration(space, ({ name }) => (name === 'type' ? 0 : 0.75))
    expect(Object.keys(all)).toEqual(['type', 'momentum', 'decay'])
    expect(belongsTo(space, all)).toBe(true)
    expect(belongsTo(space, { ...all, type: 'adam' })).toBe(false)
    expect(spaceSize(spaceOf({ path: 'a', values: [1, 2] }, { path: 'b', range: [1, 5], integer: true }))).toBe(10)
  })

  it('says what contradicts itself', () => {
    expect(issuesOf()).toEqual([expect.stringContaining('at least one axis')])
    expect(issuesOf({ path: 'a', range: [1, 1] })).toEqual([expect.stringContaining('from below to')])
    expect(issuesOf({ path: 'a', range: [0, 1], scale: 'log' })).toEqual([expect.stringContaining('above 0')])
    expect(issuesOf({ path: 'a' })).toEqual([expect.stringContaining('either "values"')])
    expect(issuesOf({ path: 'a', values: [1, 1] })).toEqual([expect.stringContaining('listed twice')])
    expect(issuesOf({ path: 'a', values: [1, 2] }, { path: 'b', values: [1], when: { axis: 'a', in: [3] } })).toEqual([
      expect.stringContaining('can never exist'),
    ])
    expect(
      issuesOf(
        { path: 'alpha', values: [1, 2], when: { axis: 'beta', in: [1] } },
        { path: 'beta', values: [1, 2], when: { axis: 'alpha', in: [1] } },
      ),
    ).toEqual([expect.stringContaining('circle')])
    expect(
      issuesOf({ path: 'alpha', values: [1] }, { path: 'b', values: [1], when: { axis: 'alpa', in: [1] } }),
    ).toEqual([expect.stringContaining('did you mean "alpha"')])
  })
})
