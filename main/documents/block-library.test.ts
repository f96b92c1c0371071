/** The palette's blocks in a real store: what is kept, what comes by files, and what cannot be used. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SavedBlock } from '../../experiments/documents/saved-block.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { BlockLibrary } from './block-library.ts'

let home: string
let store: Store
let library: BlockLibrary

function open(): void {
  store = openStore(home)
  library = new BlockLibrary(store.savedBlocks)
}
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-blocks-'))
  open()
})
afterEach(() => {
  store.close()
  fs.rmSync(home, { recursive: true })
})

const stem: SavedBlock = {
  format: 'strata.block',
  version: 1,
  main: 'stem',
  blocks: {
    stem: {
      title: 'Stem',
      inputs: [{ name: 'input' }],
      outputs: [{ name: 'output' }],
      nodes: [{ id: 'conv1', type: 'conv2d', params: { filters: '=width' } }],
      edges: [
        { source: '@inputs', target: 'conv1' },
        { source: 'conv1', target: '@outputs' },
      ],
    },
  },
  variables: { width: 24 },
}

test('are there after a restart, under the name that they were given, until they are deleted; that can be undone', () => {
  const { id } = library.save(stem)
  expect(library.rename(id, 'My stem').block?.blocks['stem']?.title).toBe('My stem')
  store.close()
  open()
  expect(library.list()).toMatchObject([{ id, title: 'My stem', problem: null, block: { variables: { width: 24 } } }])
  library.setDeleted([id], true)
  expect(library.list()).toEqual([])
  expect(() => library.rename(id, 'Gone')).toThrow(/no block of the palette/)
  library.setDeleted([id], false)
  expect(library.list().map(({ title }) => title)).toEqual(['My stem'])
  expect(() => library.setDeleted([99], true)).toThrow(/no block of the palette has the number 99/)
})

test('go to another studio as a file', () => {
  const { id } = library.save(stem)
  const file = path.join(home, 'stem.block.json')
  library.exportFile(id, file)
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(stem)
  expect(library.importFile(file).block).toEqual(stem)
  expect(library.list()).toHaveLength(2)
})

test.for([
  ['text', '{ "format": "strata.block", ', /JSON/],
  ['a network', JSON.stringify({ format: 'strata.network', version: 1 }), /expected a block of Strata/],
  ['one of a newer studio', JSON.stringify({ ...stem, version: 2 }), /newer version of Strata/],
] as const)('a file with %s is refused by name, and nothing is added', ([, text, words]) => {
  const file = path.join(home, 'foreign.block.json')
  fs.writeFileSync(file, text)
  expect(() => library.importFile(file)).toThrow(words)
  expect(() => library.importFile(file)).toThrow(/foreign\.block\.json/)
  expect(library.list()).toEqual([])
})

test('a damaged one is named with the reason beside the others, can be renamed, exported as it is, and deleted', () => {
  library.save(stem)
  const damaged = '{"format":"strata.block","version":1,"main":"stem","blo'
  const id = store.savedBlocks.add('Damaged', damaged)
  const unknown = store.savedBlocks.add('Future', JSON.stringify(stem).replaceAll('conv2d', 'conv9d'))
  expect(library.list()).toMatchObject([
    { id, title: 'Damaged', block: null, problem: { code: 'invalid-json' } },
    { id: unknown, block: null, problem: { message: expect.stringContaining('conv9d') as string } },
    { title: 'Stem', problem: null },
  ])
  expect(library.rename(id, 'To be mended')).toMatchObject({ title: 'To be mended', block: null })
  const file = path.join(home, 'mend.block.json')
  library.exportFile(id, file)
  expect(fs.readFileSync(file, 'utf8')).toBe(damaged)
  library.setDeleted([id, unknown], true)
  expect(library.list().map(({ title }) => title)).toEqual(['Stem'])
})
