import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pixelColumns, pointsInSight } from './pixel-columns.ts'

const same = (value: number): number => value

test('points in sight are those in the range and one beyond either edge', () => {
  expect(pointsInSight([10, 20, 30, 40], 15, 32)).toEqual([0, 4])
  expect(pointsInSight([10, 20, 30, 40, 50], 20, 30)).toEqual([1, 4])
  expect(pointsInSight([], 0, 10)).toEqual([0, 0])
})

test('a line between far points is cut at the edges of each column', () => {
  const { top, bottom } = pixelColumns({ xs: [0.5, 3.5], ys: [0, 30] }, [0, 2], 4, same, same)
  expect([...top]).toEqual([0, 5, 15, 25])
  expect([...bottom]).toEqual([5, 15, 25, 30])
})

test('a value that is no number is a gap', () => {
  const { top, bottom } = pixelColumns({ xs: [0, 1, 2, 3, 4], ys: [1, 1, Number.NaN, 7, 7] }, [0, 5], 5, same, same)
  expect([...bottom].map((low, i) => low >= (top[i] as number))).toEqual([true, true, false, true, true])
})

test('of any line, in sight or beyond, each point is in its column and each column in what its line covers', () => {
  const point = fc.tuple(fc.double({ min: -20, max: 60, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }))
  fc.assert(
    fc.property(fc.uniqueArray(point, { minLength: 1, maxLength: 80, selector: ([x]) => x }), (points) => {
      const sorted = points.toSorted(([a], [b]) => a - b)
      const [xs, ys] = [sorted.map(([x]) => x), sorted.map(([, y]) => y)]
      const { top, bottom } = pixelColumns({ xs, ys }, [0, xs.length], 40, same, same)
      const touched = new Set<number>()
      xs.forEach((x, i) => {
        for (let column = Math.floor(xs[i - 1] ?? x); column <= Math.floor(x); column++) touched.add(column)
        const column = Math.floor(x)
        if (column < 0 || column >= 40) return
        expect(top[column]).toBeLessThanOrEqual((ys[i] as number) + 1e-5)
        expect(bottom[column]).toBeGreaterThanOrEqual((ys[i] as number) - 1e-5)
      })
      for (let column = 0; column < 40; column++) {
        expect((bottom[column] as number) >= (top[column] as number)).toBe(touched.has(column))
        if (touched.has(column)) {
          expect(top[column]).toBeGreaterThanOrEqual(Math.min(...ys) - 1e-5)
          expect(bottom[column]).toBeLessThanOrEqual(Math.max(...ys) + 1e-5)
        }
      }
    }),
  )
})
