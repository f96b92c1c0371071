import { expect, test } from 'vitest'
import { seedBands } from './seed-bands.ts'

const line = (id: number, xs: readonly number[], ys: readonly number[]) => ({
  ...{ id, key: String(id), label: `run ${id}`, colour: 'red', marked: false, dashed: false, xs, ys },
})

test('seeds become their mean with an interval, where all of them have values; others stay', () => {
  const lines = [line(1, [0, 1, 2, 3], [1, 2, 3, 4]), line(2, [0, 2], [3, 5]), line(7, [0, 1], [9, 9])]
  const bands = seedBands(
    lines,
    (run) => (run < 3 ? 1 : undefined),
    ({ label }, seeds) => `${label}, ${seeds} seeds`,
  )
  expect(bands.map(({ label }) => label)).toEqual(['run 1, 2 seeds', 'run 7'])
  expect(bands[0]).toMatchObject({ xs: [0, 1, 2], ys: [2, 3, 4] })
  // Student's t for one degree of freedom: 12.706 sd / sqrt(2), and sd is sqrt(2) for two values that differ by 2.
  expect(bands[0]?.band?.low.map((low, i) => (bands[0]?.ys[i] as number) - low)).toEqual([
    ...Array.from({ length: 3 }, () => expect.closeTo(12.706, 3) as number),
  ])
  expect(bands[1]).toBe(lines[2])
})

test('a single seed has no band', () => {
  const lines = [line(1, [0], [1])]
  expect(seedBands(lines, () => 1, String)).toEqual(lines)
})
