import { expect, test } from 'vitest'
import type { JsonObject } from '../errors/studio-error.ts'
import { checkNetwork } from '../network/check-network.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { addNode } from './add-node.ts'
import { connect } from './connections.ts'
import { groupNodes } from './edit-blocks.ts'
import { blankDocument } from './edit-document.ts'
import type { Edit } from './edit.ts'
import { fixesOf, type Fix, type FixKind } from './fix-issue.ts'
import { removeNodes } from './remove-nodes.ts'
import { setParams, setRepeat } from './set-params.ts'

const dataset = { input: { height: 28, width: 28, channels: 1 }, classes: 10 }

function applied(document: NetworkDocument, ...edits: readonly Edit[]): NetworkDocument {
  return edits.reduce((before, edit) => {
    const outcome = edit.apply(before)
    if (!outcome.ok) throw new Error(outcome.issues.map(({ message }) => message).join('; '))
    return outcome.document
  }, document)
}

/** Applies the first fix until none is left. */
function mended(document: NetworkDocument): { readonly kinds: readonly FixKind[]; readonly left: number } {
  const kinds: FixKind[] = []
  let now = document
  for (let i = 0; i < 8; i++) {
    const lowered = lowerNetwork(now, { mode: 'inference', batch: 1 })
    const context = { document: now, lowered, dataset }
    const [fix] = checkNetwork(now, dataset).flatMap((issue) => fixesOf(issue, context))
    if (!fix) break
    kinds.push(fix.kind)
    now = applied(now, fix.edit)
  }
  return { kinds, left: checkNetwork(now, dataset).filter(({ severity }) => severity !== 'warning').length }
}

test('Flatten comes where it was taken away', () => {
  const without = applied(
    zooNetwork('lenet5', { input: dataset.input, classes: 10 }),
    removeNodes(null, { ids: ['flatten'], keepWires: true }),
  )
  expect(mended(without)).toEqual({ kinds: ['flatten'], left: 0 })
})

test('a shortcut over a stride and more channels gets its projection', () => {
  let document = blankDocument('x')
  document = applied(
    document,
    addNode(null, { type: 'input', params: { ...dataset.input }, position: { x: 0, y: 0 } }),
    addNode(null, { type: 'conv2d', params: { filters: 8 }, position: { x: 0, y: 110 } }, { behind: 'input' }),
    addNode(
      null,
      { type: 'conv2d', params: { filters: 16, stride: 2 }, position: { x: 0, y: 220 } },
      { behind: 'conv1' },
    ),
    addNode(null, { type: 'add', position: { x: 0, y: 330 } }, { behind: 'conv2' }),
    connect(null, { source: 'conv1', target: 'add1' }),
    addNode(null, { type: 'global-average-pool' }, { behind: 'add1' }),
    addNode(null, { type: 'dense', params: { units: 10 } }, { behind: 'global-average-pool1' }),
    addNode(null, { type: 'classifier' }, { behind: 'dense1' }),
  )
  expect(mended(document)).toEqual({ kinds: ['projection'], left: 0 })
})

test('branches of different size get the same padding; size and classes follow the data', () => {
  const inception = applied(
    zooNetwork('lenet5', { input: { height: 32, width: 32, channels: 3 }, classes: 7 }),
    setParams(null, ['conv1'], { padding: 'same' }),
  )
  expect(mended(inception).kinds.toSorted()).toEqual(['classes', 'image-size'])
  expect(mended(inception).left).toBe(0)
  let branches = applied(
    blankDocument('x'),
    addNode(null, { type: 'input', params: { ...dataset.input } }),
    addNode(null, { type: 'conv2d', params: { filters: 4, kernel: 5, padding: 'valid' } }, { behind: 'input' }),
    addNode(null, { type: 'conv2d', params: { filters: 4 } }),
    connect(null, { source: 'input', target: 'conv2' }),
    addNode(null, { type: 'concatenate' }, { behind: 'conv1' }),
    connect(null, { source: 'conv2', target: 'concatenate1' }),
  )
  branches = applied(
    branches,
    addNode(null, { type: 'global-average-pool' }, { behind: 'concatenate1' }),
    addNode(null, { type: 'dense', params: { units: 10 } }, { behind: 'global-average-pool1' }),
    addNode(null, { type: 'classifier' }, { behind: 'dense1' }),
  )
  expect(mended(branches)).toEqual({ kinds: ['padding'], left: 0 })
})

/** A residual block of the studio whose shortcut does not fit, between an input and a head. */
function strided(params: JsonObject = {}): NetworkDocument {
  return applied(
    blankDocument('x'),
    addNode(null, { type: 'input', params: { ...dataset.input } }),
    addNode(
      null,
      { type: 'residual-basic', params: { filters: 16, stride: 2, shortcut: 'identity', ...params } },
      { behind: 'input' },
    ),
    addNode(null, { type: 'global-average-pool' }, { behind: 'residual-basic1' }),
    addNode(null, { type: 'dense', params: { units: 10 } }, { behind: 'global-average-pool1' }),
    addNode(null, { type: 'classifier' }, { behind: 'dense1' }),
  )
}

function fixesIn(document: NetworkDocument): readonly Fix[] {
  const lowered = lowerNetwork(document, { mode: 'inference', batch: 1 })
  return lowered.issues.flatMap((issue) => fixesOf(issue, { document, lowered, dataset }))
}

test('inside of a block of the studio, another setting ends it, or the block is opened and mended there', () => {
  const document = strided()
  const fixes = fixesIn(document)
  expect(fixes.map(({ kind, setting, opens }) => [kind, setting?.label, opens])).toEqual([
    ['setting', 'Shortcut', undefined],
    ['setting', 'Shortcut', undefined],
    ['setting', 'Shortcut', undefined],
    ['projection', undefined, 'residual-basic1'],
  ])
  for (const { edit } of fixes) {
    const after = applied(document, edit)
    expect(checkNetwork(after, dataset).filter(({ severity }) => severity !== 'warning')).toEqual([])
  }
  const opened = applied(document, fixes.at(-1)!.edit)
  expect(opened.nodes.find(({ id }) => id === 'residual-basic1')?.type).toBe('my-residual-basic')
  expect(opened.blocks?.['my-residual-basic']?.nodes.map(({ type }) => type)).toContain('conv2d')
})

test('a repeated block of the studio is mended by its settings; its first differs from the others, so none is opened', () => {
  const chain = applied(strided({ stride: 1 }), setRepeat(null, ['residual-basic1'], { times: 2, firstStride: 2 }))
  const fixes = fixesIn(chain)
  expect(new Set(fixes.map(({ kind }) => kind))).toEqual(new Set(['setting']))
  expect(mended(chain)).toMatchObject({ left: 0 })
})

test('inside of a block of the document the fix is made where the layer is drawn, wherever one looks', () => {
  const lenet = zooNetwork('lenet5', { input: dataset.input, classes: 10 })
  const grouped = applied(lenet, groupNodes(null, ['pool2', 'flatten', 'dense1'], 'Head'))
  const inner = grouped.blocks!['head']!
  const without: NetworkDocument = applied(grouped, removeNodes('head', { ids: ['flatten'], keepWires: true }))
  expect(inner.nodes.map(({ id }) => id)).toContain('flatten')
  expect(mended(without)).toEqual({ kinds: ['flatten'], left: 0 })
})

test('what no edit ends gets none', () => {
  const lonely = applied(blankDocument('x'), addNode(null, { type: 'add' }))
  expect(mended(lonely).kinds).toEqual([])
})
