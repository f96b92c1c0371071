import { expect, test } from 'vitest'
import { tableAsCsv, tableAsJson } from './table-export.ts'

const values = new Map<string, string | number | boolean | null | string[]>([
  ['1 name', 'LeNet, "wide"\nsecond line'],
  ['1 best.accuracy', 0.123456789],
  ['1 tags', ['a', 'b']],
  ['2 name', 'plain'],
  ['2 best.accuracy', null],
  ['2 tags', []],
])
const table = {
  ids: [1, 2],
  fields: ['name', 'best.accuracy', 'tags'],
  value: (run: number, field: string) => values.get(`${run} ${field}`) ?? null,
}

test('CSV quotes what needs it and keeps every digit', () => {
  expect(tableAsCsv(table)).toBe(
    'name,best.accuracy,tags\r\n"LeNet, ""wide""\nsecond line",0.123456789,a; b\r\nplain,,\r\n',
  )
})

test('JSON has one object a run', () => {
  expect(JSON.parse(tableAsJson(table))).toEqual([
    { name: 'LeNet, "wide"\nsecond line', 'best.accuracy': 0.123456789, tags: ['a', 'b'] },
    { name: 'plain', 'best.accuracy': null, tags: [] },
  ])
})
