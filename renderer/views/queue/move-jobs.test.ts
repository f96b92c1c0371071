import { describe, expect, it } from 'vitest'
import { moveTarget, placeBetween } from './move-jobs.ts'

const order = [1, 2, 3, 4, 5]

describe('moving jobs in line', () => {
  it('goes by one place, and stays at the ends', () => {
    expect(moveTarget(order, [3], 'up')).toBe(2)
    expect(moveTarget(order, [3], 'down')).toBe(5)
    expect(moveTarget(order, [4], 'down')).toBeNull()
    expect(moveTarget(order, [1], 'up')).toBeUndefined()
    expect(moveTarget(order, [5], 'down')).toBeUndefined()
  })

  it('goes to either end', () => {
    expect(moveTarget(order, [3, 5], 'front')).toBe(1)
    expect(moveTarget(order, [1, 2], 'front')).toBeUndefined()
    expect(moveTarget(order, [1, 2], 'back')).toBeNull()
    expect(moveTarget(order, [4, 5], 'back')).toBeUndefined()
  })

  it('brings jobs that lie apart together', () => {
    expect(moveTarget(order, [2, 4], 'up')).toBe(1)
    expect(moveTarget(order, [2, 4], 'down')).toBeNull()
  })

  it('drops between rows, never before itself', () => {
    expect(placeBetween(order, [2], 1)).toBeUndefined()
    expect(placeBetween(order, [2], 2)).toBeUndefined()
    expect(placeBetween(order, [2], 3)).toBe(4)
    expect(placeBetween(order, [2, 3], 5)).toBeNull()
    expect(placeBetween(order, [5], 0)).toBe(1)
  })
})
