import { expect, it } from 'vitest'
import { layerOf } from '../../../../experiments/layers/registry.ts'
import type { ParamKind } from '../../../../experiments/layers/params/param-kind.ts'
import { paramText, readParamText } from './param-text.ts'

function kindOf(layer: string, name: string): ParamKind {
  const kind = layerOf(layer)?.params[name]
  if (!kind) throw new Error(name)
  return kind
}

it.for([
  ['conv2d', 'filters', '2*width', '=2*width', '128'],
  ['conv2d', 'filters', '48', 48, undefined],
  ['conv2d', 'kernel', '3', 3, undefined],
  ['conv2d', 'kernel', '3 x 5', [3, 5], undefined],
  ['conv2d', 'kernel', '3 × width/32', [3, '=width/32'], '3 × 2'],
  ['conv2d', 'kernel', 'max(1, width/32)', '=max(1, width/32)', '2'],
  ['conv2d', 'kernel', 'width / 32 + 1', '=width / 32 + 1', '3'],
  ['conv2d', 'padding', 'valid', 'valid', undefined],
  ['conv2d', 'padding', '1 2 1 2', [1, 2, 1, 2], undefined],
  ['dropout', 'rate', '0.5', 0.5, undefined],
] as const)('%s.%s: %s', ([layer, name, text, json, amounts]) => {
  const read = readParamText(text, kindOf(layer, name), { width: 64 })
  expect(read).toEqual({ ok: true, json, amounts })
  if (read.ok) expect(readParamText(paramText(read.json), kindOf(layer, name), { width: 64 })).toEqual(read)
})

it.for([
  ['filters', '', 'needed'],
  ['filters', '0', 'from 1'],
  ['filters', '2.5', 'integer'],
  ['filters', 'wdith*2', 'no variable "wdith"'],
  ['kernel', '1 2 3', 'integer'],
] as const)('%s = "%s" is refused: %s', ([name, text, words]) => {
  const read = readParamText(text, kindOf('conv2d', name), { width: 64 })
  expect(read.ok ? '' : read.message).toContain(words)
})
