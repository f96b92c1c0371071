/** What the table of 50,000 runs does at each key typed into its filter: parse, ask every run, sort. A filter shall answer within 100 ms. */
import { test } from 'vitest'
import { parseRunFilter } from '../../../experiments/review/run-filter.ts'
import type { RunSummary } from '../../../experiments/runs/run-record.ts'
import { RunFieldTable } from '../../state/run-field-table.ts'
import { tableRows } from './group-runs.ts'
import { sortRuns } from './sort-runs.ts'

const count = 50_000
const ids = Array.from({ length: count }, (_unused, i) => count - i)
const table = new RunFieldTable()
table.take({
  ids,
  columns: {
    id: ids,
    name: ids.map((id) => `run ${id} of the night`),
    network: ids.map((id) => ['ResNet-20 (CIFAR)', 'LeNet-5', 'VGG-16'][id % 3] ?? ''),
    dataset: ids.map(() => 'fashion-mnist'),
    tags: ids.map((id) => (id % 7 === 0 ? ['night', 'keep'] : [])),
    note: ids.map(() => ''),
    'best.accuracy': ids.map((id) => ((id * 7919) % 1000) / 1000),
    'train.learningRate': ids.map((id) => 10 ** -(id % 5)),
  },
})
const runs = ids.map((id) => ({ id, name: `run ${id}`, createdAt: id, status: 'finished' }) as RunSummary)
const ask = (text: string): readonly RunSummary[] => {
  const filter = parseRunFilter(text, table.names)
  return runs.filter(({ id }) => filter.accepts((field) => table.value(id, field)))
}

test('50,000 runs', async ({ bench }) => {
  await bench.compare(
    bench('filter by numbers and a tag', () => void ask('best.accuracy > 90% and (lr < 0.01 or tag = night)')),
    bench('filter by words in names', () => void ask('resnet night')),
    bench('the peer: one comparison a run, written by hand', () => {
      void runs.filter(({ id }) => Number(table.value(id, 'best.accuracy')) > 0.9)
    }),
    bench('sort by a field', () => {
      void sortRuns(runs, { column: 'field:best.accuracy', descending: true }, (id, field) => table.value(id, field))
    }),
    bench('group', () => void tableRows(runs, ({ id }) => table.value(id, 'network'), new Set())),
  )
})
