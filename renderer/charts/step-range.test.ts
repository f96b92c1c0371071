import { expect, test } from 'vitest'
import { logAxis } from './axis-shape.ts'
import { fineRange, fullRange, pan, zoomAround } from './step-range.ts'

test('everything in sight ends with the epoch in progress', () => {
  expect(fullRange(0, 421)).toEqual([0, 421])
  expect(fullRange(1, 421)).toEqual([0, 421])
  expect(fullRange(421, 421)).toEqual([0, 421])
  expect(fullRange(422, 421)).toEqual([0, 842])
  expect(fullRange(37, null)).toEqual([0, 37])
  expect(fullRange(1270, 421, 843)).toEqual([842, 1684])
  expect(fullRange(37, 421, 16)).toEqual([0, 421])
})

test('zooming keeps the step under the pointer in place', () => {
  expect(zoomAround([0, 1000], 250, 0.5, [0, 1000])).toEqual([125, 625])
})

test('zooming out to everything ends the zoom; it never leaves the data and never closes in on nothing', () => {
  expect(zoomAround([400, 600], 500, 10, [0, 1000])).toBeNull()
  expect(zoomAround([0, 200], 10, 2, [0, 1000])).toEqual([0, 400])
  const closest = zoomAround([500, 505], 502, 0.001, [0, 1000])
  expect((closest?.[1] ?? 0) - (closest?.[0] ?? 0)).toBeCloseTo(4)
})

test('panning stops at the ends', () => {
  expect(pan([100, 200], 0.5, [0, 1000])).toEqual([150, 250])
  expect(pan([50, 150], -1, [0, 1000])).toEqual([0, 100])
  expect(pan([850, 950], 1, [0, 1000])).toEqual([900, 1000])
})

test('finer points are asked for with room on either side, and again only where they do not reach or are too coarse', () => {
  expect(fineRange([100.4, 200.2], null)).toEqual([50, 251])
  expect(fineRange([2.5, 12.5], null)).toEqual([0, 18])
  expect(fineRange([120, 220], [50, 251])).toBeNull()
  expect(fineRange([-5, 40], [0, 60])).toBeNull()
  expect(fineRange([160, 260], [50, 251])).toEqual([110, 310])
  expect(fineRange([100, 110], [50, 251])).toEqual([95, 115])
  // What is asked for is enough for what it was asked for, also of the narrowest ranges.
  for (const zoom of [
    [7.9, 11.9],
    [0, 4],
    [0.1, 1e6],
  ] as const)
    expect(fineRange(zoom, fineRange(zoom, null))).toBeNull()
})

test('along a logarithmic axis finer points reach as many decades, and never before the first step', () => {
  expect(fineRange([100, 10_000], null, logAxis)).toEqual([10, 100_000])
  expect(fineRange([0, 10_000], null, logAxis)).toEqual([1, 1_000_000])
  expect(fineRange([100, 10_000], [10, 100_000], logAxis)).toBeNull()
  expect(fineRange([100, 200], [10, 100_000], logAxis)).toEqual([70, 283])
  for (const zoom of [
    [1, 5],
    [7.9, 11.9],
    [1000, 1004],
  ] as const)
    expect(fineRange(zoom, fineRange(zoom, null, logAxis), logAxis)).toBeNull()
})

test('along a logarithmic axis zooming and panning are even', () => {
  const zoomed = zoomAround([1, 10_000], 100, 0.5, [1, 10_000], 4, logAxis)
  expect(zoomed?.[0]).toBeCloseTo(10)
  expect(zoomed?.[1]).toBeCloseTo(1000)
  const moved = pan([10, 1000], 0.5, [1, 100_000], logAxis)
  expect(moved[0]).toBeCloseTo(100)
  expect(moved[1]).toBeCloseTo(10_000)
  expect(pan([10, 1000], -1, [1, 100_000], logAxis)[0]).toBeCloseTo(1)
  expect(zoomAround([10, 1000], 100, 100, [1, 10_000], 4, logAxis)).toBeNull()
})
