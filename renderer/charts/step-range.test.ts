import { expect, test } from 'vitest'
import { fullRange, pan, zoomAround } from './step-range.ts'

test('everything in sight ends with the epoch in progress', () => {
  expect(fullRange(0, 421)).toEqual([0, 421])
  expect(fullRange(1, 421)).toEqual([0, 421])
  expect(fullRange(421, 421)).toEqual([0, 421])
  expect(fullRange(422, 421)).toEqual([0, 842])
  expect(fullRange(37, null)).toEqual([0, 37])
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
