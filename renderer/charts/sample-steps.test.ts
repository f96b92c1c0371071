import { expect, test } from 'vitest'
import { CurveColumns } from './curve-columns.ts'
import { sampleSteps } from './sample-steps.ts'

function columns(count: number, every: number): CurveColumns {
  const made = new CurveColumns()
  for (let i = 1; i <= count; i++) made.append(i * every, i)
  return made
}

test('keeps every value of a sparse series and the last of a dense one, within the limit', () => {
  const steps = sampleSteps([columns(2105, 1), columns(5, 421)], 100)
  expect(steps.length).toBeLessThanOrEqual(100)
  for (const epoch of [421, 842, 1263, 1684, 2105]) expect(steps).toContain(epoch)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
})

test('short series are shown whole', () => {
  expect(sampleSteps([columns(3, 1)], 100)).toEqual([1, 2, 3])
})
