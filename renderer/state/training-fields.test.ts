import { describe, expect, test } from 'vitest'
import { parseValue } from '../../experiments/schema/parse.ts'
import { setPath } from '../../experiments/spec/set-path.ts'
import { experimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { checkNumber, numberFieldNames, numberRules, readNumber, writeNumber } from './training-fields.ts'

const valid = {
  version: 1,
  name: 'x',
  network: { zoo: 'lenet5' },
  data: { dataset: 'shapes' },
  train: { epochs: 1, batchSize: 1, optimizer: { type: 'sgd', momentum: 0 }, learningRate: 1 },
  seed: 1,
}

describe.each(numberFieldNames)('%s', (name) => {
  const rule = numberRules[name]
  const texts = [
    '0',
    '1',
    '-1',
    '0.5',
    '0.999',
    '1.5',
    '7',
    '90',
    '91',
    '100',
    '1000',
    '1001',
    '100000',
    '100001',
    '4294967295',
    '4294967296',
  ]

  test.each(texts)('says about %s what the specification says', (text) => {
    const spec = setPath(valid, rule.path, readNumber(text, rule))
    const accepted = parseValue(experimentSpec, spec).ok
    expect(checkNumber(text, rule) === undefined).toBe(accepted)
  })

  test('what is no number is a problem of its own kind', () => {
    expect(checkNumber('many', rule)).toBe('number')
    expect(checkNumber('1e999', rule)).toBe('number')
    expect(checkNumber('  ', rule)).toBe(rule.optional ? undefined : 'required')
  })
})

test('percentages are read and written without the noise of binary fractions', () => {
  for (const percent of ['0', '5', '10', '12.5', '15', '29', '90']) {
    const value = readNumber(percent, numberRules.validation)
    expect(writeNumber(value ?? Number.NaN, numberRules.validation)).toBe(percent)
  }
  expect(readNumber('29', numberRules.validation)).toBe(0.29)
})

test('thousands may be grouped', () => {
  expect(readNumber('60,000', numberRules.limit)).toBe(60_000)
})
