import { expect, it } from 'vitest'
import { groupNodes, swapNodes, unpackNodes } from '../editing/edit-blocks.ts'
import type { Edit } from '../editing/edit.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { renamedLayers } from './renamed-layers.ts'

function applied(document: NetworkDocument, edit: Edit): NetworkDocument {
  const outcome = edit.apply(document)
  if (!outcome.ok) throw new Error(outcome.issues.map(({ message }) => message).join('; '))
  return outcome.document
}

/** The edit tells where each layer went: the pairs that are found are held against it. */
function movedBy(document: NetworkDocument, edit: Edit): ReadonlyMap<string, string> {
  const outcome = edit.apply(document)
  const moved = outcome.ok ? (outcome.moved ?? new Map<string, string>()) : new Map<string, string>()
  return new Map([...moved].filter(([from, to]) => from !== to).map(([from, to]) => [to, from]))
}

const lenet = zooNetwork('lenet5')

it('finds nothing where every layer kept its id', () => {
  expect(renamedLayers(lenet, { ...lenet, name: 'again' }).size).toBe(0)
})

it('finds every layer that went into a block, and out of it again', () => {
  const group = groupNodes(null, ['conv1', 'activation1', 'pool1'], 'Stem')
  const grouped = applied(lenet, group)
  expect(renamedLayers(lenet, grouped)).toEqual(movedBy(lenet, group))
  expect(renamedLayers(grouped, applied(grouped, unpackNodes(null, ['stem']))).get('conv1')).toBe('stem/conv1')
})

it('finds no wrong one where plain rows became residual blocks: behind the first sum nothing is equal', () => {
  let flat = zooNetwork('plain20')
  const plainBlocks = () => flat.nodes.filter(({ type }) => type.startsWith('plain')).map(({ id }) => id)
  while (plainBlocks().length > 0) flat = applied(flat, unpackNodes(null, plainBlocks()))
  const swap = swapNodes(
    null,
    flat.nodes.map(({ id }) => id),
    'residual-basic',
  )
  const residual = applied(flat, swap)
  const found = renamedLayers(flat, residual)
  expect([...found.keys()]).toContain('residual1/conv2')
  for (const [to, from] of found) expect([to, movedBy(flat, swap).get(to)]).toEqual([to, from])
})
