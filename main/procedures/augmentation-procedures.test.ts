import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { drawIcons } from '../datasets/import/icons.fixture.ts'
import { endOf, eventOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'

vi.setConfig({ testTimeout: 120_000 })

let icons: string
let home: string
let studio: Studio
beforeAll(async () => {
  icons = mkdtempSync(join(tmpdir(), 'strata-icons-'))
  await drawIcons(icons, {
    families: ['circle', 'file'],
    side: 32,
    colours: ['#000000', '#802020', '#208020', '#202080'],
  })
})
afterAll(() => rmSync(icons, { recursive: true, force: true }))
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'strata-imports-'))
  studio = await openTestStudio(home)
})
afterEach(async () => {
  await studio.close()
  rmSync(home, { recursive: true, force: true })
})

const importIcons = (name = 'icons') => studio.handlers['data.import']({ source: icons, name })
const spec = {
  ...smallExperiment,
  data: { dataset: 'icons', validation: 0.1 },
  train: { ...smallExperiment.train, epochs: 1 },
}

/** Cancels at the first sign of progress; resolves with what the import ended with. */
async function cancelled(name: string): Promise<unknown> {
  const began = eventOf(studio, 'data.progress', (progress) => progress.name === name && progress.done > 0)
  const ended = importIcons(name).catch((fault: unknown) => fault)
  await began
  studio.handlers['data.cancelImport']({ name })
  return ended
}

describe('an import of the service', () => {
  it('is told of, keeps the service at work, and becomes a dataset', async () => {
    const stages: string[] = []
    studio.onEvent((event, payload) => {
      if (event === 'data.progress' && 'stage' in payload && stages.at(-1) !== payload.stage) stages.push(payload.stage)
    })
    const done = importIcons()
    expect(studio.isWorking()).toBe(true)
    expect(await done).toMatchObject({ name: 'icons', imported: true, problem: null, classes: ['circle', 'file'] })
    expect(studio.isWorking()).toBe(false)
    expect(stages).toEqual(['preparing', 'done'])
    expect(await studio.handlers['data.imports']()).toEqual([])
    expect(await studio.handlers['data.report']({ name: 'icons' })).toEqual({ total: 0, refused: [], notes: [] })
    const { classCounts, mean, components } = await studio.handlers['data.statistics']({ name: 'icons' })
    expect(classCounts.train.length).toBe(2)
    expect([mean.length, components.length]).toEqual([3, 3])
    await expect(importIcons()).rejects.toMatchObject({ code: 'out-of-range', details: { path: 'name' } })
    await expect(importIcons('shapes')).rejects.toMatchObject({ code: 'out-of-range' })
  })

  it('that was cancelled is known to the next service, goes on there, and comes out the same', async () => {
    const whole = await importIcons('whole')
    expect(await cancelled('icons')).toMatchObject({ code: 'cancelled' })
    await studio.close()
    studio = await openTestStudio(home)
    const [left] = await studio.handlers['data.imports']()
    expect(left).toMatchObject({
      name: 'icons',
      source: icons,
      active: false,
      total: whole.trainCount + whole.testCount,
    })
    const record = await studio.handlers['data.resumeImport']({ name: 'icons' })
    expect(record.fingerprint).toBe(whole.fingerprint)
    expect(await studio.handlers['data.imports']()).toEqual([])
  })

  it('that was cancelled can be forgotten', async () => {
    await cancelled('icons')
    await studio.handlers['data.discardImport']({ name: 'icons' })
    expect(await studio.handlers['data.imports']()).toEqual([])
    await expect(studio.handlers['data.resumeImport']({ name: 'icons' })).rejects.toMatchObject({
      code: 'file-not-found',
    })
    await expect(studio.handlers['data.resumeImport']({ name: '../icons' })).rejects.toMatchObject({
      code: 'file-not-found',
    })
  })
})

describe('removing a dataset', () => {
  it('is refused while a run waits, is paused or trains, and for what comes with the studio', async () => {
    await importIcons()
    const paused = await studio.handlers['runs.start']({ spec, job: { paused: true } })
    const refused = studio.handlers['data.remove']({ name: 'icons' })
    await expect(refused).rejects.toMatchObject({ code: 'run-state', details: { run: paused.id, name: 'icons' } })
    await studio.handlers['runs.stop']({ run: paused.id })
    await studio.handlers['queue.hold']({ held: true })
    const queued = await studio.handlers['runs.start']({ spec })
    await expect(studio.handlers['data.remove']({ name: 'icons' })).rejects.toMatchObject({ code: 'run-state' })
    await studio.handlers['runs.stop']({ run: queued.id })
    await studio.handlers['data.remove']({ name: 'icons' })
    expect(existsSync(join(home, 'datasets', 'icons'))).toBe(false)
    await expect(studio.handlers['data.remove']({ name: 'icons' })).rejects.toMatchObject({ code: 'unknown-dataset' })
    await expect(studio.handlers['data.remove']({ name: 'shapes' })).rejects.toMatchObject({ code: 'out-of-range' })
    await expect(studio.handlers['data.remove']({ name: '../..' })).rejects.toMatchObject({ code: 'unknown-dataset' })
    expect(existsSync(home)).toBe(true)
  })

  it('by hand, while a run waits for it, fails that run with the reason and no other', async () => {
    await importIcons()
    await studio.handlers['queue.hold']({ held: true })
    const run = await studio.handlers['runs.start']({ spec })
    rmSync(join(home, 'datasets', 'icons'), { recursive: true })
    const ended = endOf(studio, run.id)
    await studio.handlers['queue.hold']({ held: false })
    expect(await ended).toMatchObject({ status: 'failed', error: { code: 'unknown-dataset' } })
    const other = { ...spec, data: { dataset: 'shapes', limit: 320 } }
    const next = await studio.handlers['runs.start']({ spec: other })
    expect(await endOf(studio, next.id)).toMatchObject({ status: 'finished' })
  })
})

describe('an imported dataset whose files were damaged', () => {
  it('is listed with its problem, does not hide the others, and can be removed', async () => {
    await importIcons()
    const folder = join(home, 'datasets', 'icons')
    rmSync(join(folder, 'data.pixels'))
    const problem = async () => {
      const list = await studio.handlers['data.list']()
      expect(list.some(({ name }) => name === 'shapes')).toBe(true)
      return list.find(({ name }) => name === 'icons')?.problem?.code
    }
    expect(await problem()).toBe('dataset-missing')
    writeFileSync(join(folder, 'dataset.json'), readFileSync(join(folder, 'dataset.json'), 'utf8').slice(0, 40))
    expect(await problem()).toBe('file-damaged')
    await studio.handlers['data.remove']({ name: 'icons' })
    expect(await problem()).toBeUndefined()
  })
})
