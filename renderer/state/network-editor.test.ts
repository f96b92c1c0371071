import { expect, it } from 'vitest'
import { addNode } from '../../experiments/editing/add-node.ts'
import { moveNodes } from '../../experiments/editing/arrange-nodes.ts'
import { groupNodes, setUnfolded } from '../../experiments/editing/edit-blocks.ts'
import { blankDocument } from '../../experiments/editing/edit-document.ts'
import { removeNodes } from '../../experiments/editing/remove-nodes.ts'
import { setParams } from '../../experiments/editing/set-params.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { NetworkEditor } from './network-editor.svelte.ts'

it('undoes every edit back to the beginning, and redoes all of them', () => {
  const blank = blankDocument('Mine')
  const editor = new NetworkEditor(blank)
  editor.apply(addNode(null, { type: 'input' }))
  editor.apply(addNode(null, { type: 'conv2d' }, { behind: 'input' }))
  editor.apply(removeNodes(null, { ids: ['conv1'] }))
  const end = editor.document
  expect(editor.undoStep).toMatchObject({ kind: 'delete', subject: 'conv1' })
  while (editor.undoStep) editor.undo()
  expect(editor.document).toBe(blank)
  while (editor.redoStep) editor.redo()
  expect(editor.document).toBe(end)
})

it('keeps what can be done again when a block is unfolded, and shows it unfolded then too', () => {
  const editor = new NetworkEditor(zooNetwork('resnet18'))
  const before = editor.document
  editor.apply(removeNodes(null, { ids: ['pool1'] }))
  editor.apply(setParams(null, ['conv1'], { filters: 12 }))
  editor.undo()
  editor.undo()
  editor.apply(setUnfolded(['conv2_x'], true))
  const unfolded = editor.document
  expect(editor.redoStep).toMatchObject({ kind: 'delete', subject: 'pool1' })
  editor.redo()
  editor.redo()
  expect(editor.redoStep).toBeUndefined()
  expect(editor.document.unfolded).toEqual(['conv2_x'])
  expect(editor.document.nodes.some(({ id }) => id === 'pool1')).toBe(false)
  expect(editor.document.nodes.find(({ id }) => id === 'conv1')?.params?.['filters']).toBe(12)
  expect(editor.analysed).toBe(editor.document)
  editor.undo()
  editor.undo()
  expect(editor.document).toBe(unfolded)
  editor.undo()
  expect(editor.document).toBe(before)
  editor.redo()
  editor.apply(setParams(null, ['conv1'], { filters: 5 }))
  expect(editor.redoStep).toBeUndefined()
})

it('makes one step of what is typed into one field', () => {
  const editor = new NetworkEditor(zooNetwork('lenet5'))
  const before = editor.document
  for (const filters of [1, 12, 128]) editor.apply(setParams(null, ['conv1'], { filters }), { merge: 'conv1.filters' })
  editor.settle()
  editor.apply(setParams(null, ['conv1'], { filters: 5 }), { merge: 'conv1.filters' })
  editor.undo()
  expect(editor.document.nodes[1]?.params?.['filters']).toBe(128)
  editor.undo()
  expect(editor.document).toBe(before)
})

it('keeps the analysis when nodes only move', () => {
  const editor = new NetworkEditor(zooNetwork('resnet18'))
  const { document } = editor
  editor.apply(moveNodes(null, new Map([['fc', { x: 9, y: 9 }]])))
  expect(editor.analysed).toBe(document)
  editor.undo()
  expect(editor.analysed).toBe(document)
})

it("goes into blocks, edits the own ones, and leaves the studio's as they are", () => {
  const editor = new NetworkEditor(zooNetwork('resnet18'))
  editor.enter('conv2_x')
  editor.enter('1')
  expect(editor.readOnly).toBe(true)
  expect(editor.graph.nodes.length).toBeGreaterThan(3)
  editor.leaveTo(0)
  editor.apply(groupNodes(null, ['conv1', 'pool1'], 'Stem'))
  editor.enter('stem')
  expect(editor.place).toBe('stem')
  expect(editor.apply(addNode('stem', { type: 'relu' }))).toBe(true)
  expect(editor.path).toEqual(['stem'])
  editor.undo()
  editor.undo()
  expect(editor.path).toEqual([])
})

it('refuses without a change and says why', () => {
  const editor = new NetworkEditor(blankDocument('Mine'))
  expect(editor.apply(addNode(null, { type: 'transformer' }))).toBe(false)
  expect(editor.refusal[0]?.code).toBe('unknown-layer')
  expect(editor.undoStep).toBeUndefined()
})
