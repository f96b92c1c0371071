import { expect, test } from 'vitest'
import { issuesOf } from './error-issues.ts'

const record = (details: object) => ({ code: 'out-of-range', message: 'too much', details: { ...details } })

test('a list of problems is taken as it is', () => {
  const issues = [{ code: 'unknown-network', path: 'network', message: 'there is none' }]
  expect(issuesOf(record({ issues }))).toEqual(issues)
})

test('an error with one place is a list of one', () => {
  expect(issuesOf(record({ path: 'data.validation', value: 0.01 }))).toEqual([
    { code: 'out-of-range', path: 'data.validation', message: 'too much' },
  ])
})

test.each([{}, { issues: [] }, { issues: 'none' }, { issues: [{ path: 1 }] }, { path: 7 }])(
  '%j names no place',
  (details) => {
    expect(issuesOf(record(details))).toEqual([])
  },
)
