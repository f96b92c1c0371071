import { expect, test } from 'vitest'
import { expandToRgba } from './paint-pixels.ts'

test('one channel becomes grey, three become colour, both opaque', () => {
  const grey = expandToRgba(Uint8Array.of(0, 200), { width: 2, height: 1, channels: 1 })
  expect([...grey]).toEqual([0, 0, 0, 255, 200, 200, 200, 255])
  const colour = expandToRgba(Uint8Array.of(1, 2, 3), { width: 1, height: 1, channels: 3 })
  expect([...colour]).toEqual([1, 2, 3, 255])
})
