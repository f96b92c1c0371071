import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { endOf, eventOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

let home: string
let studio: Studio
const runs: number[] = []

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-evaluation-'))
  studio = await openTestStudio(home)
  for (const seed of [1, 2]) {
    const train = { ...smallExperiment.train, epochs: 2 }
    const { id } = await studio.handlers['runs.start']({ spec: { ...smallExperiment, seed, train } })
    runs.push(id)
    await endOf(studio, id)
  }
})
afterAll(async () => {
  await studio.close()
  fs.rmSync(home, { recursive: true })
})

const [average, one] = ['average', 1] as const
const evaluate = (members: { run: number; epoch?: number }[], how: object = {}) =>
  studio.handlers['evaluation.run']({ members, crops: one, combine: average, ...how })

describe('one run', () => {
  test('the last checkpoint has the test accuracy that training reported', async () => {
    const run = runs[0] as number
    const detail = studio.handlers['runs.get']({ run })
    const report = await evaluate([{ run, epoch: 2 }])
    expect(report.accuracy).toBeCloseTo(detail.test?.accuracy ?? 0, 3)
    expect(report.loss).toBeCloseTo(detail.test?.loss ?? 0, 3)
    expect(report.confusion.flat().reduce((a, b) => a + b)).toBe(report.examples)
    expect(report.classes.map(({ support }) => support).reduce((a, b) => a + b)).toBe(report.examples)
  })

  test('a network of smaller images sees the middle of each, as it was tested', async () => {
    const data = { ...smallExperiment.data, inputSize: 28 }
    const train = { ...smallExperiment.train, epochs: 1 }
    const { id } = await studio.handlers['runs.start']({ spec: { ...smallExperiment, data, train } })
    await endOf(studio, id)
    const { test } = studio.handlers['runs.get']({ run: id })
    expect((await evaluate([{ run: id }])).accuracy).toBeCloseTo(test?.accuracy ?? 0, 3)
    expect((await evaluate([{ run: id }], { crops: 5 })).views).toBe(5)
  })

  test('scores are kept: the second time no image is looked at; a damaged file is made again', async () => {
    const folder = path.join(home, 'cache', 'scores')
    const run = runs[0] as number
    const told: unknown[] = []
    studio.onEvent((event, payload) => event === 'evaluation.progress' && told.push(payload))
    const first = await evaluate([{ run, epoch: 1 }], { task: 'a' })
    expect(told.length).toBeGreaterThan(0)
    told.length = 0
    expect(await evaluate([{ run, epoch: 1 }], { task: 'b' })).toEqual(first)
    expect(told).toEqual([])
    for (const name of fs.readdirSync(folder)) fs.truncateSync(path.join(folder, name), 100)
    expect(await evaluate([{ run, epoch: 1 }], { task: 'c' })).toEqual(first)
    expect(told.length).toBeGreaterThan(0)
  })

  test('a cell of the confusion matrix has as many images as it says', async () => {
    const run = runs[0] as number
    const { confusion } = await evaluate([{ run }])
    const how = { members: [{ run }], crops: one, combine: average, offset: 0, limit: 5 }
    const select = { kind: 'cell', label: 0, predicted: 0 } as const
    const shown = await studio.handlers['evaluation.examples']({ ...how, select })
    expect(shown.total).toBe(confusion[0]?.[0])
    expect(shown.images.every(({ label, predicted }) => label === 0 && predicted === 0)).toBe(true)
    expect(Buffer.from(shown.images[0]?.pixels ?? '', 'base64')).toHaveLength(
      shown.height * shown.width * shown.channels,
    )
  })

  test('predictions of each example agree with the accuracy', async () => {
    const run = runs[0] as number
    const { accuracy, examples } = await evaluate([{ run }])
    const { labels, predicted } = await studio.handlers['evaluation.predictions']({ run, crops: 1 })
    expect(labels.filter((label, i) => label === predicted[i]).length / examples).toBe(accuracy)
  })
})

describe('an ensemble', () => {
  test('says what crops and company gained over the best alone', async () => {
    const report = await evaluate(
      runs.map((run) => ({ run })),
      { crops: 10, combine: 'greedy' },
    )
    expect(report.views).toBe(10)
    expect(report.members).toHaveLength(2)
    expect(report.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1)
    const best = Math.max(...report.members.map(({ single }) => single.accuracy))
    expect(report.gain.total).toBeCloseTo(report.accuracy - best)
    expect(report.gain.crops + report.gain.ensemble).toBeCloseTo(report.gain.total)
  })
})

describe('bad input', () => {
  test('a missing epoch names those that are there', async () => {
    await expect(async () => evaluate([{ run: runs[0] as number, epoch: 9 }])).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('of 2, 1') as string,
    })
  })

  test('a damaged checkpoint is told, not evaluated', async () => {
    const run = runs[1] as number
    const checkpoint = studio.handlers['runs.get']({ run }).checkpoints.find(({ epoch }) => epoch === 1)
    const file = path.join(home, 'checkpoints', `run-${run}`, checkpoint?.file ?? '')
    const whole = fs.readFileSync(file)
    fs.rmSync(path.join(home, 'cache', 'scores'), { recursive: true })
    fs.writeFileSync(
      file,
      whole.map((byte, i) => (i === 5000 ? byte ^ 1 : byte)),
    )
    await expect(evaluate([{ run, epoch: 1 }])).rejects.toMatchObject({ code: 'file-damaged' })
    fs.writeFileSync(file, whole)
  })

  test('the same weights twice are no ensemble', async () => {
    const run = runs[0] as number
    await expect(async () => evaluate([{ run }, { run }])).rejects.toMatchObject({ code: 'out-of-range' })
  })

  test('a question can be cancelled, and the next one is answered', async () => {
    const members = [{ run: runs[0] as number, epoch: 1 }]
    const begun = eventOf(studio, 'evaluation.progress', ({ task }) => task === 'long')
    const long = evaluate(members, { crops: 'dense', task: 'long' })
    const outcome = expect(long).rejects.toMatchObject({ code: 'cancelled' })
    await begun
    expect(studio.handlers['evaluation.cancel']({ task: 'long' })).toEqual({ cancelled: true })
    await outcome
    expect((await evaluate(members)).examples).toBeGreaterThan(0)
  })
})
