import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../experiments/runs/run-record.ts'
import { RunFieldTable } from '../../state/run-field-table.ts'
import { tableRows, type TableRow } from './group-runs.ts'
import { rowsInSight } from './window-rows.ts'

const run = (id: number, network: string, accuracy?: number) =>
  ({ id, network, best: accuracy === undefined ? null : { epoch: 1, accuracy } }) as RunSummary
const told = (rows: readonly TableRow[]) =>
  rows.map((row) => (row.kind === 'run' ? row.run.id : `${row.name} (${row.count})${row.isOpen ? '' : ' closed'}`))

describe('groups', () => {
  const sorted = [run(3, 'b'), run(1, 'a'), run(2, 'b')]

  it('stay together in the order of their first run, whatever the order is', () => {
    expect(told(tableRows(sorted, ({ network }) => network, new Set()))).toEqual(['b (2)', 3, 2, 'a (1)', 1])
    expect(told(tableRows(sorted.toReversed(), ({ network }) => network, new Set(['b'])))).toEqual([
      'b (2) closed',
      'a (1)',
      1,
    ])
  })

  it('hold a run once for each of its tags', () => {
    const tags = new Map([
      [1, ['x', 'y']],
      [2, ['y']],
    ])
    expect(told(tableRows(sorted, ({ id }) => tags.get(id) ?? [], new Set()))).toEqual([
      ...[' (1)', 3],
      ...['x (1)', 1],
      ...['y (2)', 1, 2],
    ])
  })
})

it('a group tells the best of its runs, their mean and how far they lie apart', () => {
  const rows = tableRows(
    [run(3, 'a', 0.8), run(2, 'a', 0.9), run(1, 'a'), run(4, 'b', 0.7), run(5, 'c')],
    ({ network }) => network,
    new Set(),
  )
  const [a, b, c] = rows.flatMap((row) => (row.kind === 'group' ? [row.accuracy] : []))
  expect(a).toEqual({
    best: 0.9,
    mean: expect.closeTo(0.85) as number,
    deviation: expect.closeTo(Math.SQRT1_2 / 10) as number,
  })
  expect(b).toEqual({ best: 0.7, mean: 0.7, deviation: null })
  expect(c).toBeNull()
})

describe('rows in sight', () => {
  it('are all of a short table and few of a long one', () => {
    expect(rowsInSight(100, 2000, 400, 40)).toEqual({ start: 0, end: 100 })
    const middle = rowsInSight(50_000, 1_000_000, 800, 40)
    expect(middle.start).toBeLessThanOrEqual(25_000)
    expect(middle.end).toBeGreaterThanOrEqual(25_020)
    expect(middle.end - middle.start).toBeLessThan(60)
    expect(rowsInSight(50_000, 50_000 * 40, 800, 40).end).toBe(50_000)
    expect(rowsInSight(200, 1_000_000, 800, 40)).toMatchObject({ start: 180, end: 200 })
  })
})

it('columns of fields take new runs and new values', () => {
  const table = new RunFieldTable()
  table.take({ ids: [2, 1], columns: { name: ['b', 'a'], tags: [['x'], []] } })
  table.take({ ids: [3, 1], columns: { name: ['c', 'z'], seed: [4, 5] } })
  expect([1, 2, 3].map((id) => table.value(id, 'name'))).toEqual(['z', 'b', 'c'])
  expect([1, 2, 3, 9].map((id) => table.value(id, 'seed'))).toEqual([5, null, 4, null])
  expect(table.distinct('tags')).toEqual(['x'])
})
