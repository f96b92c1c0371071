import { expect, test } from 'vitest'
import { parseRunFilter } from '../../../experiments/review/run-filter.ts'
import { hasClause, withClause, withoutClause } from './filter-clauses.ts'

test('a clause goes in and out, and the rest stays what it was', () => {
  for (const rest of [
    '',
    'starred',
    'resnet night',
    'seed = 1 or seed = 2',
    'tag = "a and b"',
    '(a or b) and seed = 1',
  ]) {
    const filter = withClause(rest, 'status = failed')
    expect(hasClause(filter, 'status = failed')).toBe(true)
    expect(withoutClause(filter, 'status = failed')).toBe(rest)
  }
})

test('a clause behind an "or" narrows both sides of it', () => {
  const filter = parseRunFilter(withClause('seed = 1 or seed = 2', 'starred'))
  const run = (seed: number, starred: boolean) => (field: string) => (field === 'seed' ? seed : starred)
  expect([
    filter.accepts(run(1, true)),
    filter.accepts(run(1, false)),
    filter.accepts(run(2, false)),
    filter.accepts(run(3, true)),
  ]).toEqual([...[true, false, false, false]])
  expect(withClause(withClause('a or b', 'x'), 'y')).toBe('(a or b) and x and y')
  expect(withClause('(a or b) and c or d', 'x')).toBe('((a or b) and c or d) and x')
})
