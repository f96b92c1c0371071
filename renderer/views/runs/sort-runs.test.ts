import { expect, test } from 'vitest'
import type { RunSummary } from '../../../experiments/runs/run-record.ts'
import { runSeconds, sortRuns } from './sort-runs.ts'

function run(id: number, changes: Partial<RunSummary>): RunSummary {
  return {
    id,
    name: `run ${id}`,
    status: 'finished',
    network: 'LeNet-5',
    dataset: 'shapes',
    parameters: null,
    seed: 1,
    engine: 'onnx',
    createdAt: id,
    startedAt: null,
    endedAt: null,
    progress: { epoch: 0, epochs: 1, step: 0, steps: 10, imagesPerSecond: null, secondsLeft: null },
    lastEpoch: null,
    best: null,
    test: null,
    weightsSha256: null,
    endedEarly: null,
    error: null,
    review: { parent: null, starred: false, colour: null, tags: [], note: '', archived: false },
    ...changes,
  }
}
const ids = (runs: readonly RunSummary[]): number[] => runs.map(({ id }) => id)

test('names sort by their numbers', () => {
  const runs = [run(1, { name: 'trial 10' }), run(2, { name: 'trial 9' })]
  expect(ids(sortRuns(runs, { column: 'name', descending: false }))).toEqual([2, 1])
})

test('a run without a result comes last in both directions', () => {
  const runs = [
    run(1, {}),
    run(2, { best: { epoch: 1, accuracy: 0.9 } }),
    run(3, { best: { epoch: 1, accuracy: 0.8 } }),
  ]
  expect(ids(sortRuns(runs, { column: 'best', descending: true }))).toEqual([2, 3, 1])
  expect(ids(sortRuns(runs, { column: 'best', descending: false }))).toEqual([3, 2, 1])
})

test('equal runs stay newest first', () => {
  expect(ids(sortRuns([run(1, {}), run(2, {})], { column: 'dataset', descending: true }))).toEqual([2, 1])
})

test('active runs come first when sorted by state', () => {
  const runs = [run(1, { status: 'failed' }), run(2, { status: 'running' }), run(3, { status: 'queued' })]
  expect(ids(sortRuns(runs, { column: 'status', descending: false }))).toEqual([2, 3, 1])
})

test('a run that trains lasts until now', () => {
  expect(runSeconds({ startedAt: 1000, endedAt: null }, 4000)).toBe(3)
  expect(runSeconds({ startedAt: 1000, endedAt: 2000 }, 4000)).toBe(1)
  expect(runSeconds({ startedAt: null, endedAt: null }, 4000)).toBeNull()
})
