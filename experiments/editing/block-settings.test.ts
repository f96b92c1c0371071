import { expect, test } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { documentOfBlock } from '../documents/saved-block.ts'
import { readBlock } from '../documents/read-block.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { parseNetworkDocument } from '../network/parse-network-document.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { addSetting, relabelSetting, removeSetting, settingOf } from './block-settings.ts'
import { paste, copyNodes } from './clipboard.ts'
import { groupNodes } from './edit-blocks.ts'
import { setVariable } from './edit-document.ts'
import type { Edit } from './edit.ts'
import { removeNodes } from './remove-nodes.ts'
import { addSavedBlock, blockToSave } from './saved-blocks.ts'
import { setParams } from './set-params.ts'

function edited(document: NetworkDocument, ...edits: readonly Edit[]): NetworkDocument {
  return edits.reduce((now, edit) => {
    const outcome = edit.apply(now)
    if (!outcome.ok) throw new Error(outcome.issues[0]?.message)
    return outcome.document
  }, document)
}
const grouped = edited(zooNetwork('lenet5'), groupNodes(null, ['conv2', 'activation2'], 'Part'))
const block = Object.keys(grouped.blocks ?? {})[0] ?? ''
const node = grouped.nodes.find(({ type }) => type === block)?.id ?? ''
const filters = (document: NetworkDocument, path = `${node}/conv2`) =>
  analyzeNetwork(document).layers.find(({ id }) => id === path)?.outputShape[0]

test('a parameter inside becomes a setting: each node has its own value, also as an expression, and files keep it', () => {
  const offered = edited(grouped, addSetting(block, ['conv2'], 'filters'))
  expect(
    settingOf(
      offered.blocks?.[block] ?? { title: '', inputs: [], outputs: [], nodes: [], edges: [] },
      'conv2',
      'filters',
    ),
  ).toBe('filters')
  expect(filters(offered)).toBe(16)
  const two = edited(offered, paste(null, copyNodes(offered, null, [node])), setParams(null, [node], { filters: 24 }))
  const other = two.nodes.find(({ id, type }) => type === block && id !== node)?.id ?? ''
  expect(filters(two)).toBe(24)
  expect(two.nodes.find(({ id }) => id === other)?.params).toBeUndefined()
  const wide = edited(two, setVariable('width', 5), setParams(null, [node], { filters: '=2*width' }))
  expect(filters(wide)).toBe(10)
  expect(parseNetworkDocument(JSON.parse(JSON.stringify(wide)))).toEqual({ ok: true, value: wide })

  const saved = blockToSave(wide, null, [node], 'Part')
  if (!saved.ok) throw new Error(saved.issues[0]?.message)
  const read = readBlock(JSON.parse(JSON.stringify(saved.block)), 'part.block.json')
  expect(documentOfBlock(read).blocks?.[read.main]?.params?.['filters']?.sets).toEqual([
    { node: 'conv2', param: 'filters' },
  ])
  const placed = edited(zooNetwork('lenet5'), addSavedBlock(null, { block: read, position: { x: 0, y: 0 } }))
  expect(Object.values(placed.blocks ?? {})[0]?.params).toHaveProperty('filters')
})

test('the default of a setting is what stands inside, also where that is an expression', () => {
  const drawn = edited(grouped, setVariable('width', 6), setParams(block, ['conv2'], { filters: '=2*width' }))
  const offered = edited(drawn, addSetting(block, ['conv2'], 'filters'))
  expect(filters(offered)).toBe(12)
  // 6 is what a convolution has without any setting: here it differs from the default and is kept.
  const set = edited(offered, setParams(null, [node], { filters: 64 }))
  expect(filters(set)).toBe(64)
  expect(filters(edited(set, setParams(null, [node], { filters: 12 })))).toBe(12)
  expect(filters(edited(set, setParams(null, [node], { filters: undefined }), setVariable('width', 7)))).toBe(14)
})

test('settings have names of their own, go with what they set, and are refused twice', () => {
  const offered = edited(
    grouped,
    addSetting(block, ['conv2'], 'filters'),
    relabelSetting(block, 'filters', 'Maps'),
    setParams(null, [node], { filters: 24 }),
  )
  expect(addSetting(block, ['conv2'], 'filters').apply(offered)).toMatchObject({ ok: false })
  expect(addSetting(block, ['conv2', 'activation2'], 'kernel').apply(offered)).toMatchObject({ ok: false })
  expect(offered.blocks?.[block]?.params?.['filters']?.label).toBe('Maps')
  // A block around it offers the same setting further.
  const around = edited(offered, groupNodes(null, [node, 'pool2'], 'Outer'))
  const outer = Object.keys(around.blocks ?? {}).find((id) => id !== block) ?? ''
  const further = edited(around, addSetting(outer, [node], 'filters'))
  const place = further.nodes.find(({ type }) => type === outer)?.id ?? ''
  expect(filters(further, `${place}/${node}/conv2`)).toBe(24)
  expect(filters(edited(further, setParams(null, [place], { filters: 8 })), `${place}/${node}/conv2`)).toBe(8)
  const removed = edited(further, setParams(null, [place], { filters: 8 }), removeSetting(block, 'filters'))
  expect(Object.values(removed.blocks ?? {}).map(({ params }) => params)).toEqual([undefined, undefined])
  expect(filters(removed, `${place}/${node}/conv2`)).toBe(16)
  expect(analyzeNetwork(removed).issues).toEqual([])
})

test('a layer inside takes its setting along, the values on nodes and what led there from outside; a setting of two layers lives on with one', () => {
  const offered = edited(grouped, addSetting(block, ['conv2'], 'filters'), setParams(null, [node], { filters: 24 }))
  const around = edited(offered, groupNodes(null, [node, 'pool2'], 'Outer'))
  const outer = Object.keys(around.blocks ?? {}).find((id) => id !== block) ?? ''
  const place = around.nodes.find(({ type }) => type === outer)?.id ?? ''
  const further = edited(around, addSetting(outer, [node], 'filters'), setParams(null, [place], { filters: 8 }))
  const without = edited(further, removeNodes(block, { ids: ['conv2'], keepWires: true }))
  expect(Object.values(without.blocks ?? {}).map(({ params }) => params)).toEqual([undefined, undefined])
  const nodes = [...without.nodes, ...Object.values(without.blocks ?? {}).flatMap((own) => own.nodes)]
  expect(nodes.filter(({ type }) => type === block || type === outer).map(({ params }) => params)).toEqual([
    undefined,
    undefined,
  ])

  const convs = edited(zooNetwork('lenet5'), groupNodes(null, ['conv1', 'activation1', 'pool1', 'conv2'], 'Convs'))
  const both = Object.keys(convs.blocks ?? {})[0] ?? ''
  const one = convs.nodes.find(({ type }) => type === both)?.id ?? ''
  const set = edited(convs, addSetting(both, ['conv1', 'conv2'], 'filters'), setParams(null, [one], { filters: 9 }))
  const left = edited(set, removeNodes(both, { ids: ['conv1'], keepWires: true }))
  expect(left.blocks?.[both]?.params?.['filters']?.sets).toEqual([{ node: 'conv2', param: 'filters' }])
  expect(left.nodes.find(({ id }) => id === one)?.params).toEqual({ filters: 9 })
})
