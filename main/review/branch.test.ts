import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import type { Studio } from '../studio.ts'
import { endOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'

vi.setConfig({ testTimeout: 120_000 })

let home: string
let studio: Studio
let parent: number

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-branch-'))
  await openDataset('shapes', { home })
  studio = await openTestStudio(home)
  parent = await trained(() => studio.handlers['runs.start']({ spec: { ...smallExperiment, name: 'parent' } }))
}, 120_000)
afterAll(async () => {
  await studio.close()
  fs.rmSync(home, { recursive: true })
})

async function trained(begin: () => Promise<{ id: number }>): Promise<number> {
  const { id } = await begin()
  const { status } = studio.handlers['runs.get']({ run: id })
  if (['queued', 'running'].includes(status)) await endOf(studio, id)
  return id
}

const branch = (epoch: number, set: Readonly<Record<string, JsonValue>> = {}) =>
  studio.handlers['runs.branch']({
    run: parent,
    epoch,
    set: Object.entries(set).map(([at, value]) => ({ path: at, value })),
  })

function epochsOf(run: number) {
  const { epochs, weightsSha256 } = studio.handlers['runs.get']({ run })
  return {
    weightsSha256,
    epochs: epochs.map(({ epoch, step, train, validation }) => ({ epoch, step, train, validation })),
  }
}

describe('a branch', () => {
  it('without changes ends with the very weights and losses of its parent', async () => {
    const run = await trained(() => branch(3))
    const [own, original] = [epochsOf(run), epochsOf(parent)]
    expect(own.epochs).toEqual(original.epochs.filter(({ epoch }) => epoch > 3))
    expect(own.weightsSha256).toBe(original.weightsSha256)
    expect(studio.handlers['runs.get']({ run })).toMatchObject({
      status: 'finished',
      name: 'parent, from epoch 3',
      review: { parent: { run: parent, epoch: 3, step: 90 } },
      best: { epoch: 4 },
    })
  })

  it('goes on with other settings, an optimizer and batches of another kind among them', async () => {
    const lower = await trained(() => branch(3, { 'train.learningRate': 0.002, 'train.epochs': 5 }))
    expect(epochsOf(lower).epochs.map(({ epoch }) => epoch)).toEqual([4, 5])
    expect(epochsOf(lower).epochs[0]).not.toEqual(epochsOf(parent).epochs[3])
    const rates = studio.handlers['runs.metrics']({ run: lower }).find(({ name }) => name === 'learningRate')
    expect(new Set(rates?.values)).toEqual(new Set([0.002]))
    const adam = await trained(() =>
      branch(4, {
        'train.optimizer': { type: 'adam' },
        'train.batchSize': 64,
        'train.learningRate': 0.001,
        'train.epochs': 5,
      }),
    )
    const [fifth] = epochsOf(adam).epochs
    expect(fifth).toMatchObject({ epoch: 5, step: 75 })
    // It began from trained weights: at random ones the loss of ten classes is about 2.3.
    expect(fifth?.train.loss).toBeLessThan(epochsOf(parent).epochs[1]?.train.loss ?? 0)
  })

  it('with another network finds what its layers have learnt by their places where their ids are others', async () => {
    const { networkDocument } = studio.handlers['runs.get']({ run: parent })
    const text = JSON.stringify(networkDocument)
      .replaceAll(/"(id|source|target)":"([^"]+)"/g, '"$1":"my-$2"')
      .replace('"name":"', '"name":"copy of ')
    const copied = await trained(() => branch(3, { network: { document: JSON.parse(text) as JsonValue } }))
    const kernels = studio.handlers['runs.get']({ run: copied }).networkDocument as { nodes: { id: string }[] }
    expect(kernels.nodes.map(({ id }) => id)).toContain('my-conv1')
    // To the last digit: the velocities of the optimizer came along as well.
    expect(epochsOf(copied).epochs).toEqual(epochsOf(parent).epochs.filter(({ epoch }) => epoch > 3))
  })

  it('says which epochs have a checkpoint, and what is wrong with a change', async () => {
    await expect(branch(1)).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringMatching(/no checkpoint of epoch 1; it has .*epoch 4/) as string,
    })
    await expect(branch(4)).rejects.toMatchObject({ code: 'out-of-range', details: { path: 'train.epochs' } })
    await expect(branch(3, { 'train.lerningRate': 1 })).rejects.toMatchObject({ code: 'unknown-key' })
    expect(() => studio.handlers['review.mark']({ runs: [parent, 999], change: { starred: true } })).toThrow(/no run/)
  })

  it('finds runs of the same configuration, and fields of all runs', () => {
    const [siblings] = studio.handlers['review.siblings']({ runs: [parent] })
    expect(siblings?.map(({ id }) => id)).toEqual([parent])
    studio.handlers['review.mark']({
      runs: [parent],
      change: { starred: true, addTags: ['night', 'a b'], note: '# Hm' },
    })
    studio.handlers['review.mark']({ runs: [parent], change: { removeTags: ['a b'], colour: 'green' } })
    const { ids, columns } = studio.handlers['review.rows']({ limit: 1000 })
    const at = ids.indexOf(parent)
    const field = (name: string) => columns[name]?.[at]
    expect([field('tags'), field('starred'), field('colour'), field('note')]).toEqual([
      ['night'],
      true,
      'green',
      '# Hm',
    ])
    expect([field('train.learningRate'), field('train.optimizer.type'), field('parent')]).toEqual([0.02, 'sgd', null])
    expect(field('validation.accuracy.atBest')).toBe(field('best.accuracy'))
    expect(columns['parent']?.[0]).toBe(parent)
    const all = studio.handlers['runs.list']().map(({ id }) => id)
    const listed = [studio.handlers['runs.page']({ limit: 2 })]
    while (listed.at(-1)!.next !== null)
      listed.push(studio.handlers['runs.page']({ limit: 2, before: listed.at(-1)!.next! }))
    expect(listed.flatMap((page) => page.runs.map(({ id }) => id))).toEqual(all)
    const pages = [studio.handlers['review.rows']({ limit: 2 })]
    while (pages.at(-1)!.next !== null)
      pages.push(studio.handlers['review.rows']({ limit: 2, before: pages.at(-1)!.next! }))
    expect(pages.flatMap((page) => page.ids)).toEqual(ids)
  })
})
