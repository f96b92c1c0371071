import { describe, expect, it } from 'vitest'
import { inputAt } from '../ops/expect-type.ts'
import { conv2dLayer } from './conv2d.ts'
import { defineLayer } from './define-layer.ts'
import { resolvePadding } from './params/padding.ts'
import { integer } from './params/numbers.ts'
import { readParams, writeParams } from './read-params.ts'

const read = (json: Parameters<typeof readParams>[1]) => readParams(conv2dLayer, json, 1, 'nodes.c.params', 'c')

describe('readParams', () => {
  it('reads short forms and writes the shortest', () => {
    const { params, issues } = read({ kernel: 5, stride: [2, 2], padding: 1, dilation: [1, 2] })
    expect(issues).toEqual([])
    expect(params).toMatchObject({ kernel: [5, 5], stride: [2, 2], padding: [1, 1, 1, 1], dilation: [1, 2] })
    expect(writeParams(conv2dLayer, params)).toEqual({ kernel: 5, stride: 2, padding: 1, dilation: [1, 2] })
  })

  it('names the nearest parameter for an unknown one', () => {
    expect(read({ filter: 3 }).issues).toMatchObject([
      {
        code: 'unknown-key',
        path: 'nodes.c.params.filter',
        message: expect.stringContaining('did you mean "filters"?') as string,
      },
    ])
    expect(read({ ['__proto__']: 1 }).issues).toMatchObject([{ code: 'unknown-key' }])
  })

  it('names the nearest choice, and collects every problem', () => {
    const { issues } = read({
      initializer: 'he-norml',
      filters: 0,
      kernel: [3],
      padding: [1, 1],
      groups: 1.5,
      bias: 'yes',
    })
    expect(issues.map((issue) => [issue.field, issue.code])).toEqual(
      [
        ['initializer', 'out-of-range'],
        ['filters', 'out-of-range'],
        ['kernel', 'wrong-type'],
        ['padding', 'wrong-type'],
        ['groups', 'wrong-type'],
        ['bias', 'wrong-type'],
      ].toSorted((a, b) => order(a[0]) - order(b[0])),
    )
    expect(issues.find((issue) => issue.field === 'initializer')?.message).toContain('he-normal')
  })

  it('brings parameters of an older version of the layer up to date', () => {
    const layer = defineLayer({
      id: 'example',
      version: 2,
      category: 'shape',
      title: 'Example',
      summary: '',
      params: { size: integer({ label: 'Size', help: 'Size', min: 1, max: 9, default: 1 }) },
      check: () => [],
      lower: (_b, inputs) => [inputAt(inputs, 0)],
      migrate: ({ length }) => (length === undefined ? {} : { size: length }),
    })
    expect(readParams(layer, { length: 4 }, 1, 'p', 'n')).toEqual({ params: { size: 4 }, issues: [] })
    expect(readParams(layer, { length: 4 }, 2, 'p', 'n').issues).toMatchObject([{ code: 'unknown-key' }])
  })
})

function order(field: string | undefined): number {
  return Object.keys(conv2dLayer.params).indexOf(field ?? '')
}

describe('resolvePadding', () => {
  const window = { kernel: [3, 4], strides: [1, 2], dilations: [1, 1] } as const

  it('keeps the size, divided by the stride, with the odd zero at the end', () => {
    // Width 7, stride 2: 4 outputs reach over 3 * 2 + 4 = 10 columns.
    expect(resolvePadding('same', [5, 7], window)).toEqual([1, 2, 1, 1])
    expect(resolvePadding('valid', [5, 7], window)).toEqual([0, 0, 0, 0])
    expect(resolvePadding([1, 2, 3, 4], [5, 7], window)).toEqual([1, 2, 3, 4])
  })

  it('adds none where the stride skips more than the kernel covers', () => {
    expect(resolvePadding('same', [8, 8], { kernel: [1, 1], strides: [2, 2], dilations: [1, 1] })).toEqual([0, 0, 0, 0])
  })
})
