import { filterProblems } from '../../experiments/review/filter-problem.ts'
import { expect, test } from 'vitest'
import { augmentations } from '../../experiments/augmentation/registry.ts'
import { blocks } from '../../experiments/blocks/registry.ts'
import { layers } from '../../experiments/layers/registry.ts'
import { ko } from './ko.ts'

test('every layer has a Korean title; a new layer adds a line to korean-titles.ts', () => {
  expect(layers.map(({ id }) => id).filter((id) => !Object.hasOwn(ko.layerTitles, id))).toEqual([])
})

test('every block has a Korean title; a new block adds a line to korean-titles.ts', () => {
  expect(blocks.map(({ id }) => id).filter((id) => !Object.hasOwn(ko.blockTitles, id))).toEqual([])
})

test('every parameter of a layer or block has Korean words; a new one adds lines to korean-params.ts', () => {
  const kinds = [...layers, ...blocks].flatMap(({ params }) => Object.values(params))
  const english = kinds.flatMap(({ label, help, form }) => [
    ...[label, help],
    ...(form.kind === 'choice' ? form.choices.map((choice) => choice.label) : []),
  ])
  expect([...new Set(english)].filter((text) => !Object.hasOwn(ko.paramWords, text))).toEqual([])
  const used = new Set(english)
  expect(Object.keys(ko.paramWords).filter((text) => !used.has(text))).toEqual([])
})

test('one word for a parameter, whether it is set or learned: 매개변수; one for a layer: 레이어', () => {
  const texts = (words: unknown): readonly string[] =>
    typeof words === 'object' && words !== null ? Object.values(words).flatMap(texts) : [String(words)]
  expect(texts(ko).filter((text) => /파라미터|층/.test(text))).toEqual([])
})

test('every augmentation has Korean words for itself and its parameters', () => {
  const missing = augmentations.flatMap(({ id, params }) => {
    const words = ko.augmentation.operations[id]
    const named = Object.keys(params).filter((name) => !words?.params[name] && !ko.augmentation.sharedParams[name])
    const choices = Object.values(params).flatMap(({ form }) =>
      form.kind === 'choice' ? form.choices.map(({ value }) => value).filter((value) => !words?.choices?.[value]) : [],
    )
    return [...(words ? [] : [id]), ...[...named, ...choices].map((name) => `${id}.${name}`)]
  })
  expect(missing).toEqual([])
})

test('every problem of a filter has its Korean words', () => {
  expect(Object.keys(ko.runs.filterProblems).toSorted()).toEqual(Object.keys(filterProblems).toSorted())
})
