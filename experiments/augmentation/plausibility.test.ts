import { describe, expect, it } from 'vitest'
import { ImagePlan } from './image-plan.ts'
import { leastVisible, visibleShare } from './plausibility.ts'

const colours = { mean: [0.5], std: [0.2], components: [] }
const frame = { height: 32, width: 32 }

function plan(change: (plan: ImagePlan) => void, output = frame): ImagePlan {
  const made = new ImagePlan({ source: { ...frame, channels: 1 }, output, colours })
  change(made)
  made.finish()
  return made
}

describe('how much of the original is seen', () => {
  it('all of it when nothing happens, also mirrored or turned by a quarter', () => {
    expect(visibleShare(plan(() => undefined))).toBe(1)
    expect(visibleShare(plan((p) => p.transformAboutCentre([-1, 0, 0, 0, 1, 0, 0, 0, 1])))).toBe(1)
    expect(visibleShare(plan((p) => p.transformAboutCentre([0, 1, 0, -1, 0, 0, 0, 0, 1])))).toBe(1)
  })

  it('the less the farther it moves, and nothing when it is gone', () => {
    const shares = [0, 4, 8, 16, 24, 40].map((by) =>
      visibleShare(plan((p) => p.transform([1, 0, by, 0, 1, 0, 0, 0, 1]))),
    )
    expect(shares).toEqual(shares.toSorted((a, b) => b - a))
    expect(shares[1]).toBeGreaterThan(0.9)
    expect(shares[3]).toBeCloseTo(0.5, 1)
    expect(shares.at(-1)).toBe(0)
  })

  it('counts the middle most: a hole there hides more than one at the edge', () => {
    const hole = (top: number, left: number) =>
      visibleShare(plan((p) => void p.holes.push({ top, left, bottom: top + 16, right: left + 16 })))
    expect(hole(8, 8)).toBeLessThan(hole(0, 0))
    expect(hole(8, 8)).toBeLessThan(0.7)
    expect(hole(0, 0)).toBeGreaterThan(leastVisible)
  })

  it('a small window enlarged shows little', () => {
    const third = plan((p) => p.transform([1 / 3, 0, 10, 0, 1 / 3, 10, 0, 0, 1]))
    expect(visibleShare(third)).toBeLessThan(leastVisible)
  })
})
