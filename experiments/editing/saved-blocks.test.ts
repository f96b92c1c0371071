import { describe, expect, it } from 'vitest'
import { readBlock } from '../documents/read-block.ts'
import { documentOfBlock, type SavedBlock } from '../documents/saved-block.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { groupNodes } from './edit-blocks.ts'
import { blankDocument, setVariable } from './edit-document.ts'
import { together, type Edit } from './edit.ts'
import { setParams, setRepeat } from './set-params.ts'
import { addSavedBlock, blockToSave, retitled } from './saved-blocks.ts'

function applied(document: NetworkDocument, ...edits: readonly Edit[]): NetworkDocument {
  const outcome = together('group', edits).apply(document)
  if (!outcome.ok) throw new Error(outcome.issues.map(({ message }) => message).join('; '))
  return outcome.document
}

function toSave(document: NetworkDocument, ids: readonly string[], title = 'Stem'): SavedBlock {
  const result = blockToSave(document, null, ids, title)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '))
  // What is stored is what is read.
  return readBlock(JSON.parse(JSON.stringify(result.block)), 'stem')
}

const lenet = zooNetwork('lenet5')
const weightsOf = (document: NetworkDocument) =>
  lowerNetwork(document, { mode: 'inference', batch: 1 }).weights.map(({ name, shape }) => [name, shape])

describe('a saved block', () => {
  it('is the selection, and computes in another network what it did', () => {
    const block = toSave(lenet, ['conv1', 'activation1', 'pool1'])
    expect(block).toMatchObject({ main: 'stem', blocks: { stem: { title: 'Stem' } } })
    const other = applied(
      { ...blankDocument('other'), nodes: [{ id: 'input', type: 'input', params: { height: 28, width: 28 } }] },
      addSavedBlock(null, { block, position: { x: 0, y: 110 } }, { behind: 'input' }),
    )
    expect(other.edges).toEqual([{ source: 'input', target: 'stem1' }])
    expect(weightsOf(other)).toEqual([
      ['stem1/conv1.kernel', [6, 3, 5, 5]],
      ['stem1/conv1.bias', [6]],
    ])
  })

  it('is the block of a single node, set as the node is; a repeated one is a chain of it', () => {
    const grouped = applied(lenet, groupNodes(null, ['conv2', 'activation2'], 'Step'))
    const exposed: NetworkDocument = {
      ...grouped,
      variables: { width: 24, unused: 1 },
      blocks: {
        step: {
          ...grouped.blocks!['step']!,
          params: { filters: { sets: [{ node: 'conv2', param: 'filters' }] } },
        },
      },
    }
    const wide = applied(exposed, setParams(null, ['step'], { filters: 40 }))
    const inside = toSave(wide, ['step']).blocks['step']?.nodes.find(({ id }) => id === 'conv2')
    expect(inside?.params).toMatchObject({ filters: 40 })
    const chain = toSave(applied(exposed, setRepeat(null, ['step'], { times: 3 })), ['step'], 'Three steps')
    expect(chain.main).toBe('three-steps')
    expect(Object.keys(chain.blocks).sort()).toEqual(['step', 'three-steps'])
  })

  it('brings the variables that it names, and shares definitions that are there already', () => {
    const varied = applied(lenet, setVariable('width', 24), setParams(null, ['conv1'], { filters: '=width' }))
    const block = toSave(varied, ['conv1', 'pool1', 'activation1'])
    expect(block.variables).toEqual({ width: 24 })
    const once = applied(blankDocument('other'), addSavedBlock(null, { block }))
    const twice = applied(once, addSavedBlock(null, { block }))
    expect(twice.variables).toEqual({ width: 24 })
    expect(Object.keys(twice.blocks ?? {})).toEqual(['stem'])
    const changed = applied(once, addSavedBlock(null, { block: retitled(block, 'Other stem') }))
    expect(Object.keys(changed.blocks ?? {})).toEqual(['stem', 'stem-2'])
    expect(changed.nodes.map(({ type }) => type)).toEqual(['stem', 'stem-2'])
  })

  it('is refused where it could not be a block', () => {
    expect(blockToSave(lenet, null, ['input', 'conv1'], 'x')).toMatchObject({ ok: false })
    expect(blockToSave(lenet, null, [], 'x')).toMatchObject({
      issues: [{ message: expect.stringContaining('nothing is selected') as string }],
    })
  })
})

function withItself(block: SavedBlock): SavedBlock {
  const stem = block.blocks['stem']!
  const nodes = stem.nodes.map((node) => (node.id === 'pool1' ? { id: 'pool1', type: 'stem' } : node))
  return { ...block, blocks: { stem: { ...stem, nodes } } }
}

describe('reading a block', () => {
  const block = toSave(lenet, ['conv1', 'pool1', 'activation1'])
  it.for([
    ['another format', documentOfBlock(block), /expected a block of Strata.*strata\.network/],
    ['nothing', null, /expected a block/],
    ['a newer one', { ...block, version: 2 }, /newer version/],
    ['one that lacks itself', { ...block, main: 'trunk' }, /"trunk".*holds stem/],
    ['a key too many', { ...block, mian: 'stem' }, /mian/],
    ['one that contains itself', withItself(block), /cannot be inside of itself/],
    ['a layer of the future', JSON.parse(JSON.stringify(block).replaceAll('"conv2d"', '"conv9d"')), /conv9d/],
  ] as const)('refuses %s', ([, json, words]) => {
    expect(() => readBlock(json, 'my.block.json')).toThrow(words)
  })
})
