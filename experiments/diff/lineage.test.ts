import { expect, it } from 'vitest'
import { lineage } from './lineage.ts'

it('puts each run before those that go on from it; runs without a family are left out', () => {
  const runs = [
    { id: 6, parent: 99 },
    { id: 5, parent: 2 },
    { id: 4, parent: 1 },
    { id: 3, parent: 2 },
    { id: 2, parent: null },
    { id: 1, parent: null },
    { id: 7, parent: 3 },
  ]
  expect(lineage(runs).map(({ run, depth, isLeaf }) => [run.id, depth, isLeaf])).toEqual([
    ...[
      [2, 0, false],
      [3, 1, false],
      [7, 2, true],
      [5, 1, true],
    ],
    ...[
      [1, 0, false],
      [4, 1, true],
    ],
  ])
})
