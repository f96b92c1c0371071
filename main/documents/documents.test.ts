import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { chain } from '../../experiments/zoo/chain.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { systemFiles } from '../files/file-operations.ts'
import { lightBytes } from '../onnx-exchange/light-models.fixture.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { readPinnedWeights } from '../weights/pinned-weights.ts'
import { DocumentLibrary } from './document-library.ts'
import { fitWeights, weightsFor } from './document-tensors.ts'

const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

function newHome(): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-documents-'))
  closers.push(() => fs.rmSync(home, { recursive: true }))
  return home
}

function open(home = newHome(), now?: () => number): { library: DocumentLibrary; store: Store; home: string } {
  const store = openStore(home)
  closers.unshift(() => store.close())
  return { library: new DocumentLibrary(store, home, now), store, home }
}

const blank: NetworkDocument = { format: 'strata.network', version: 1, name: 'Untitled', nodes: [], edges: [] }
const lenet = zooNetwork('lenet5')

function renamed(document: NetworkDocument, name: string): NetworkDocument {
  return { ...document, name }
}

function refusal(action: () => unknown): StudioError {
  try {
    action()
  } catch (fault) {
    if (fault instanceof StudioError) return fault
    throw fault
  }
  throw new Error('expected a refusal')
}

describe('states of a document', () => {
  it('are there again after the studio died, with the tabs that were open', () => {
    const home = newHome()
    const first = open(home)
    const { record } = first.library.create(blank, { kind: 'blank' })
    const saved = first.library.save({ id: record.id, revision: record.revision, document: lenet })
    const other = first.library.create(lenet, { kind: 'zoo', network: 'lenet5' })
    first.store.documents.setTabs({ tabs: [other.record.id, record.id], active: record.id })
    // Nothing is closed: as after kill -9.
    const { store } = open(home)
    expect(store.documents.get(record.id)).toMatchObject({ record: saved, document: lenet })
    expect(saved).toMatchObject({ name: 'LeNet-5', nodes: lenet.nodes.length, revision: 2 })
    expect(store.documents.tabs()).toEqual({ tabs: [other.record.id, record.id], active: record.id })
  })

  it('are not overwritten by a change of an older one, which is kept as a version', () => {
    const { library, store } = open()
    const { record } = library.create(blank, { kind: 'blank' })
    const save = (name: string) => library.save({ id: record.id, revision: 1, document: renamed(blank, name) })
    save('second')
    expect(refusal(() => save('late')).code).toBe('document-state')
    expect(store.documents.get(record.id).document.name).toBe('second')
    const newest = store.documentVersions.newest(record.id)
    expect(newest?.document.name).toBe('late')
  })

  it('of one writer follow each other before the first is answered, unless somebody else was between them', () => {
    const { library, store } = open()
    const { record } = library.create(blank, { kind: 'blank' })
    const save = (revision: number, name: string, writer = 'window') =>
      library.save({ id: record.id, revision, writer, document: renamed(blank, name) })
    for (const name of ['a', 'b', 'c']) save(1, name)
    expect(store.documents.get(record.id)).toMatchObject({ document: { name: 'c' }, record: { revision: 4 } })
    save(4, 'd', 'other')
    expect(refusal(() => save(4, 'e')).code).toBe('document-state')
    // Not even on an older one that was its own.
    expect(refusal(() => save(3, 'f')).code).toBe('document-state')
    expect(store.documents.get(record.id).document.name).toBe('d')
    expect(store.documentVersions.newest(record.id)?.document.name).toBe('f')
    expect(save(5, 'g').revision).toBe(6)
  })

  it('become versions from time to time, and when somebody names them', () => {
    let time = Date.now()
    const { library, store } = open(undefined, () => time)
    const { record } = library.create(blank, { kind: 'blank' })
    let revision = record.revision
    const save = (name: string) =>
      ({ revision } = library.save({ id: record.id, revision, document: renamed(blank, name) }))
    save('a')
    save('b')
    expect(store.documentVersions.list(record.id)).toHaveLength(1)
    time += 11 * 60_000
    save('c')
    expect(store.documentVersions.newest(record.id)?.document.name).toBe('b')
    const named = library.keepVersion(record.id, 'before the shortcut', null)
    expect(store.documentVersions.get(record.id, named.id).document.name).toBe('c')
    expect(library.keepVersion(record.id, 'again', null).id).not.toBe(named.id)
    expect(refusal(() => store.documentVersions.get(record.id + 1, named.id)).code).toBe('document-not-found')
  })

  it('go and come back', () => {
    const { library, store } = open()
    const { record } = library.create(lenet, { kind: 'zoo', network: 'lenet5' })
    store.documents.setDeleted([record.id], true)
    expect(store.documents.list()).toEqual([])
    expect(refusal(() => library.open(record.id)).code).toBe('document-not-found')
    store.documents.setDeleted([record.id], false)
    expect(library.open(record.id).document).toEqual(lenet)
    expect(refusal(() => store.documents.setDeleted([99], true)).code).toBe('document-not-found')
    const copy = library.duplicate(record.id, 'LeNet-5 copy')
    expect(copy.record).toMatchObject({ name: 'LeNet-5 copy', origin: { kind: 'copy', document: record.id } })
  })

  it('that nobody named make room, named ones and what it began as stay', () => {
    const { library, store } = open()
    const { record } = library.create(blank, { kind: 'blank' })
    const add = (i: number, label: string | null) =>
      store.documentVersions.add(record.id, { document: renamed(blank, `${i}`), revision: i, label, run: null })
    add(2, 'kept')
    for (let i = 3; i < 70; i++) add(i, null)
    const versions = store.documentVersions.list(record.id)
    expect(versions).toHaveLength(52)
    expect(versions.slice(-2).map(({ label, revision }) => [label, revision])).toEqual([
      ['kept', 2],
      [null, 1],
    ])
    expect(store.documentVersions.first(record.id)).toEqual(blank)
  })
})

describe('*.network.json files', () => {
  it('are written and read again as they are; a changed file wins, and what the studio had is kept', () => {
    const { library, store, home } = open()
    const file = path.join(home, 'mine.network.json')
    const { record } = library.create(lenet, { kind: 'zoo', network: 'lenet5' })
    const saved = library.saveFile(record.id, file)
    expect(saved).toMatchObject({ fileName: 'mine.network.json', fileBehind: false })
    expect(
      library.save({ id: record.id, revision: saved.revision, document: renamed(lenet, 'changed') }).fileBehind,
    ).toBe(true)
    const again = library.openFile(file)
    expect(again.record.id).toBe(record.id)
    expect(again.document).toEqual(lenet)
    expect(again.record.fileBehind).toBe(false)
    expect(store.documentVersions.newest(record.id)?.document.name).toBe('changed')
    fs.copyFileSync(file, path.join(home, 'other.network.json'))
    const other = library.openFile(path.join(home, 'other.network.json'))
    expect(other.record).toMatchObject({ origin: { kind: 'file', name: 'other.network.json' } })
    expect(other.record.id).not.toBe(record.id)
  })

  const broken = { ...lenet, nodes: [...lenet.nodes, { id: 'x', type: 'conv3d' }] }
  const twice = { ...lenet, nodes: [...lenet.nodes, ...lenet.nodes.slice(0, 1)] }
  it.each([
    ['half.network.json', '{"format": "strata.network", "nod', 'invalid-json'],
    ['foreign.json', '{"layers": []}', 'wrong-type'],
    ['newer.network.json', JSON.stringify({ ...lenet, version: 2 }), 'unsupported-version'],
    ['unknown.network.json', JSON.stringify(broken), 'unknown-layer'],
    ['twice.network.json', JSON.stringify(twice), 'network-structure'],
    ['deep.json', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'invalid-json'],
    ['empty.json', '', 'invalid-json'],
  ])('%s is refused by name, and nothing is added', (name, text, code) => {
    const { library, store, home } = open()
    fs.writeFileSync(path.join(home, name), text)
    const error = refusal(() => library.openFile(path.join(home, name)))
    expect(error.code).toBe(code)
    expect(error.message).toContain(name)
    expect(store.documents.list()).toEqual([])
  })

  it('that are not there, are folders, or cannot be written, say so', () => {
    const { library, home } = open()
    expect(refusal(() => library.openFile(path.join(home, 'none.network.json'))).code).toBe('file-not-found')
    fs.mkdirSync(path.join(home, 'folder.json'))
    expect(refusal(() => library.openFile(path.join(home, 'folder.json'))).code).toBe('file-unreadable')
    const { record } = library.create(lenet, { kind: 'zoo', network: 'lenet5' })
    expect(refusal(() => library.saveFile(record.id, path.join(home, 'folder.json'))).code).toBe('file-write-failed')
  })

  it('that are half drawn open', () => {
    const { library, home } = open()
    const half = chain('half', [{ id: 'conv', type: 'conv2d', params: { filters: 0 } }])
    const file = path.join(home, 'half.network.json')
    fs.writeFileSync(file, JSON.stringify({ ...half, edges: [{ source: 'conv', target: 'gone' }] }))
    expect(library.openFile(file).document.nodes).toEqual(half.nodes)
  })
})

describe('an imported ONNX file', () => {
  it('keeps its weights for the layers that stay as they are', () => {
    const { library, home } = open()
    const model = path.join(home, 'light_squeezenet.onnx')
    fs.writeFileSync(model, lightBytes('squeezenet'))
    const { record, document } = library.openFile(model)
    if (record.weights?.kind !== 'file') throw new Error('it came with weights')
    const tensors = readPinnedWeights(systemFiles, home, record.weights.sha256)
    expect(fitWeights(document, tensors).changed).toEqual([])
    const widened = document.nodes.find(({ type }) => type === 'conv2d')?.id ?? ''
    const edited: NetworkDocument = {
      ...document,
      nodes: document.nodes.map((node) =>
        node.id === widened ? { ...node, params: { ...node.params, bias: false } } : node,
      ),
    }
    const last = document.nodes.findLast(({ type }) => type === 'conv2d')?.id ?? ''
    const narrowed: NetworkDocument = {
      ...edited,
      nodes: edited.nodes.map((node) =>
        node.id === last ? { ...node, params: { ...node.params, filters: 10 } } : node,
      ),
    }
    const { tensors: mixed, fit } = weightsFor(narrowed, tensors, 1)
    expect(fit.changed).toEqual([last])
    const kernel = mixed.find(({ name }) => name === `${widened}.kernel`)
    expect(kernel?.data).toEqual(tensors.find(({ name }) => name === `${widened}.kernel`)?.data)
    expect(mixed.find(({ name }) => name === `${last}.kernel`)?.shape[0]).toBe(10)
  })
})
