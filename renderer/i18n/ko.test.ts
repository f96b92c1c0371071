import { expect, test } from 'vitest'
import { blocks } from '../../experiments/blocks/registry.ts'
import { layers } from '../../experiments/layers/registry.ts'
import { ko } from './ko.ts'

test('every layer has a Korean title; a new layer adds a line to `layerTitles` in ko.ts', () => {
  expect(layers.map(({ id }) => id).filter((id) => !Object.hasOwn(ko.layerTitles, id))).toEqual([])
})

test('every block has a Korean title; a new block adds a line to `blockTitles` in ko.ts', () => {
  expect(blocks.map(({ id }) => id).filter((id) => !Object.hasOwn(ko.blockTitles, id))).toEqual([])
})
