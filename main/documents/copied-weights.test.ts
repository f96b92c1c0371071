import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import type { Studio } from '../studio.ts'
import { openTestStudio } from '../studio.fixture.ts'

let home: string
let studio: Studio
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-copies-'))
  studio = await openTestStudio(home)
})
afterAll(async () => {
  await studio.close()
  fs.rmSync(home, { recursive: true })
})

/** The same network with other ids. */
function renamed(document: NetworkDocument, prefix: string): NetworkDocument {
  const nodes = document.nodes.map((node) => ({ ...node, id: prefix + node.id }))
  const edges = document.edges.map((edge) => ({
    ...edge,
    source: prefix + edge.source,
    target: prefix + edge.target,
  }))
  return { ...document, nodes, edges }
}

test('a copy of an imported network, and a copy of that, keep its weights where layers got other ids', () => {
  const { handlers } = studio
  const drawn = handlers['documents.create']({ document: zooNetwork('lenet5'), origin: { kind: 'blank' } })
  const file = path.join(home, 'lenet.onnx')
  handlers['documents.exportOnnx']({ id: drawn.record.id, file, softmax: false, seed: 3 })
  const imported = handlers['documents.openFile']({ file })
  const rename = ({ record, document }: typeof drawn, prefix: string) =>
    handlers['documents.save']({ id: record.id, revision: record.revision, document: renamed(document, prefix) })
  const fitOf = (id: number) => handlers['documents.weightFit']({ id })
  const original = fitOf(imported.record.id)
  expect(original?.changed).toEqual([])

  // Renamed before it was copied, and again in the copy.
  rename(imported, 'a-')
  const copy = handlers['documents.duplicate']({ id: imported.record.id, name: 'copy' })
  rename(copy, 'b-')
  const second = handlers['documents.duplicate']({ id: copy.record.id, name: 'copy of the copy' })
  rename(second, 'c-')
  for (const id of [imported, copy, second].map(({ record }) => record.id)) {
    expect(fitOf(id)).toMatchObject({ changed: [] })
    expect(fitOf(id)?.fitting).toHaveLength(original?.fitting.length ?? 0)
  }
  handlers['documents.delete']({ ids: [imported.record.id] })
  expect(fitOf(copy.record.id)).toMatchObject({ changed: [] })
})
