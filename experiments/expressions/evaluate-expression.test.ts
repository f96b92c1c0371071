import { expect, it } from 'vitest'
import { evaluateExpression, variablesOf } from './evaluate-expression.ts'

it.for([
  ['2*width', 128],
  ['width/4 + 1', 17],
  ['-2^2', -4],
  ['2^3^2', 512],
  ['(1+2)*3 % 5', 4],
  ['max(16, width/8, 3)', 16],
  ['round(2.5e0) - floor(-.5)', 4],
] as const)('%s is %d', ([text, value]) => {
  expect(evaluateExpression(text, { width: 64 })).toEqual({ ok: true, value })
})

it.for([
  ['', 'empty'],
  ['2*', 'too early'],
  ['2 2', 'not expected'],
  ['(1', '")" is missing'],
  ['height', 'no variable "height"'],
  ['alert(1)', 'no function "alert"'],
  ['constructor', 'no variable'],
  ['toString(1)', 'no function'],
  ['1/0', 'no finite value'],
  ['a;b', 'not understood'],
  ['('.repeat(300), 'longer than'],
] as const)('%s is refused: %s', ([text, words]) => {
  const evaluated = evaluateExpression(text, { a: 1, b: 2 })
  expect(evaluated.ok ? '' : evaluated.message).toContain(words)
})

it('names the variables of an expression', () => {
  expect(variablesOf('max(width, 2*depth) + width')).toEqual(['width', 'depth'])
})
