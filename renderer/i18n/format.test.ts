import { describe, expect, test } from 'vitest'
import { createFormat } from './format.ts'

const en = createFormat('en')
const ko = createFormat('ko')

describe('numbers', () => {
  test.each([
    [999, '999'],
    [61_706, '61.7K'],
    [25_557_032, '25.6M'],
    [7_800_000_000, '7.80B'],
    [0, '0'],
  ])('%i is %s', (value, text) => expect(en.compact(value)).toBe(text))

  test.each([
    [2.302585, '2.3026'],
    [0.0412, '0.0412'],
    [12.3456, '12.346'],
    [123.456, '123.46'],
    [0.00001234, '1.23e-5'],
    [0, '0.0000'],
  ])('the loss %d is %s', (value, text) => expect(en.loss(value)).toBe(text))

  test('percentages keep two decimals so that columns line up', () => {
    expect(en.percent(0.9)).toBe('90.00%')
    expect(ko.percent(0.8934)).toBe('89.34%')
  })

  test('settings keep their digits', () => {
    expect(en.plain(0.05)).toBe('0.05')
    expect(en.plain(1e-8)).toBe('1e-8')
  })
})

describe('times', () => {
  test.each([
    [0.4, '0s', '0초'],
    [45, '45s', '45초'],
    [200, '3m 20s', '3분 20초'],
    [7500, '2h 5m', '2시간 5분'],
    [90_000, '1d 1h', '1일 1시간'],
  ])('%d seconds', (seconds, english, korean) => {
    expect(en.duration(seconds)).toBe(english)
    expect(ko.duration(seconds)).toBe(korean)
  })

  test('recent moments are told relative to now, older ones by date', () => {
    const now = Date.UTC(2026, 10, 23, 12)
    expect(en.ago(now - 5 * 60_000, now)).toBe('5 min ago')
    expect(ko.ago(now - 5 * 60_000, now)).toBe('5분 전')
    expect(en.ago(now - 30 * 86_400_000, now)).toContain('2026')
  })
})

test('sizes', () => {
  expect(en.bytes(0)).toBe('0 bytes')
  expect(en.bytes(246_824)).toBe('241.0 KiB')
  expect(ko.bytes(170_052_171)).toBe('162.2 MiB')
})
