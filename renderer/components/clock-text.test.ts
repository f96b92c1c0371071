import { describe, expect, it } from 'vitest'
import { dateText, dateTextOf, timeText, timeTextOf } from './clock-text.ts'

describe('a time of day', () => {
  it.each([
    ['22:30', '22:30'],
    ['2230', '22:30'],
    ['830', '08:30'],
    [' 8.5 ', '08:05'],
    ['7', '07:00'],
    ['0:00', '00:00'],
    ['24:00', undefined],
    ['12:60', undefined],
    ['10 PM', undefined],
    ['', undefined],
  ])('typed as %j is %j', (typed, time) => expect(timeText.parse(typed)).toBe(time))

  it('goes by quarters of an hour, over midnight', () => {
    expect(timeText.step('22:00', 1)).toBe('22:15')
    expect(timeText.step('23:50', 1)).toBe('00:00')
    expect(timeText.step('22:07', -1)).toBe('22:00')
    expect(timeText.step('00:00', -1)).toBe('23:45')
    expect(timeText.step('22:00', 4)).toBe('23:00')
  })
})

describe('a date', () => {
  it.each([
    ['2026-11-28', '2026-11-28'],
    ['2026-2-3', '2026-02-03'],
    ['2028.02.29', '2028-02-29'],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['11/28/2026', undefined],
  ])('typed as %j is %j', (typed, date) => expect(dateText.parse(typed)).toBe(date))

  it('goes by days, over the end of a year', () => {
    expect(dateText.step('2026-12-31', 1)).toBe('2027-01-01')
    expect(dateText.step('2026-03-01', -1)).toBe('2026-02-28')
  })
})

it('an instant is written in the time of this place', () => {
  const at = new Date(2026, 10, 8, 7, 5)
  expect([dateTextOf(at), timeTextOf(at)]).toEqual(['2026-11-08', '07:05'])
})
