import { expect, test } from 'vitest'
import { placeWindow, windowState } from './window-state.ts'

const display = { x: 0, y: 0, width: 1920, height: 1040 }
const left = { x: -1280, y: 0, width: 1280, height: 984 }
const at = (x: number, y: number) => ({ x, y, width: 1400, height: 900, maximised: false, zoom: 0 })

test('the first window has a good size and no place of its own', () => {
  expect(placeWindow(undefined, [display])).toEqual({ width: 1280, height: 800 })
})

test('the first window never exceeds a small display', () => {
  expect(placeWindow(undefined, [{ x: 0, y: 0, width: 1024, height: 600 }])).toEqual({ width: 1024, height: 600 })
})

test('a remembered place is used, also on a second display', () => {
  expect(placeWindow(at(100, 50), [display])).toMatchObject({ x: 100, y: 50, width: 1400, height: 900 })
  expect(placeWindow(at(-1200, 20), [display, left])).toMatchObject({ x: -1200, y: 20 })
})

test('a place on a display that is gone is forgotten, the size kept', () => {
  expect(placeWindow(at(-2000, 20), [display])).toEqual({ width: 1400, height: 900 })
  expect(placeWindow(at(100, 1030), [display])).toEqual({ width: 1400, height: 900 })
})

test('a nonsensical state does not parse', () => {
  expect(windowState.safeParse({ ...at(0, 0), width: -5 }).success).toBe(false)
})
