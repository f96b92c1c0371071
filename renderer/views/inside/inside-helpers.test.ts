import { expect, test } from 'vitest'
import { heatColour } from './heat-map.ts'
import { inverted, toBase64, withChannels } from './read-image-file.ts'

test('colours become the channels of a dataset', () => {
  const rgba = [255, 0, 0, 255, 0, 0, 255, 255]
  expect([...withChannels(rgba, 3)]).toEqual([255, 0, 0, 0, 0, 255])
  expect([...withChannels(rgba, 1)]).toEqual([76, 29])
  expect([...inverted(Uint8Array.of(0, 200))]).toEqual([255, 55])
})

test('bytes survive base64, also more than fit into one call', () => {
  const bytes = Uint8Array.from({ length: 20_001 }, (_, i) => i % 256)
  expect([...Uint8Array.from(atob(toBase64(bytes)), (character) => character.charCodeAt(0))]).toEqual([...bytes])
})

test('heat grows from transparent to bright', () => {
  expect(heatColour(0)[3]).toBe(0)
  expect(heatColour(1)).toEqual([252, 255, 164, 235])
  const light = (value: number) =>
    heatColour(value)
      .slice(0, 3)
      .reduce((a, b) => a + b)
  expect(light(0.2)).toBeLessThan(light(0.6))
})
