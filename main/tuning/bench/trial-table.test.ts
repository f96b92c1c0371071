/** The table behind the ZFNet benchmark: trains each configuration once, and a longer training is the shorter one gone on. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checkSweep } from '../../../experiments/tuning/check-sweep.ts'
import { parseSweepSpec } from '../../../experiments/tuning/sweep-spec.ts'
import { zooNetwork } from '../../../experiments/zoo/registry.ts'
import { openDataset } from '../../datasets/open-dataset.ts'
import { replaySweep } from './replay-sweep.ts'
import { TrialTable } from './trial-table.ts'

vi.setConfig({ testTimeout: 120_000 })

let home: string
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-table-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

const epochs = 4
const spec = parseSweepSpec({
  version: 1,
  name: 'rates',
  experiment: {
    version: 1,
    network: { document: zooNetwork('lenet5', { input: { height: 32, width: 32, channels: 3 }, classes: 10 }) },
    data: { dataset: 'shapes', limit: 160, validation: 0.2 },
    train: { epochs, batchSize: 32, learningRate: 0.02 },
    seed: 3,
  },
  space: [
    { name: 'rate', path: 'train.learningRate', values: [0.001, 0.02, 0.1] },
    { name: 'kernel', path: 'network.nodes.conv1.params.kernel', values: [3, 5] },
  ],
  search: { type: 'tpe', startup: 3 },
  fidelity: { type: 'asha', minEpochs: 1, reduction: 2 },
  budget: { epochs: 14 },
})
const checked = checkSweep(spec, epochs)
if (!checked.ok) throw new Error(JSON.stringify(checked.issues))
const { space } = checked
const newTable = (name: string) => new TrialTable({ folder: path.join(home, name), home, spec })

describe('a table of trials', () => {
  it('goes on where the shorter training ended, and trains nothing twice, in a later process neither', async () => {
    const configuration = { rate: 0.02, kernel: 3 }
    const table = newTable('steps')
    const short = await table.train(space, configuration, 1)
    const long = await table.train(space, configuration, 3)
    expect(long.accuracy.slice(0, 1)).toEqual(short.accuracy)
    expect(table.trainedEpochs).toBe(3)
    const whole = newTable('whole')
    expect((await whole.train(space, configuration, 3)).loss).toEqual(long.loss)
    const later = newTable('steps')
    expect((await later.train(space, configuration, 2)).accuracy).toEqual(long.accuracy)
    expect(later.trainedEpochs).toBe(0)
  })

  it('looks at the held-out images only where it is told to, which changes nothing of the training', async () => {
    const configuration = { rate: 0.02, kernel: 5 }
    const each = await newTable('each').train(space, configuration, 3)
    const rungs = new TrialTable({ folder: path.join(home, 'rungs'), home, spec, evaluateAfter: [1, 3] })
    const { accuracy, loss } = await rungs.train(space, configuration, 3)
    expect(accuracy).toEqual([each.accuracy[0], each.accuracy[0], each.accuracy[2]])
    expect(loss).toEqual([each.loss[0], each.loss[0], each.loss[2]])
    // A table that looked elsewhere is another one.
    const elsewhere = new TrialTable({ folder: path.join(home, 'rungs'), home, spec, evaluateAfter: [3] })
    await elsewhere.train(space, configuration, 3)
    expect(elsewhere.trainedEpochs).toBe(3)
  })

  it('lets sweeps be replayed: what they spend and reach is the same, for nothing the second time', async () => {
    const table = newTable('sweep')
    const limits = { maxEpochs: epochs, examples: 128, compute: Number.POSITIVE_INFINITY }
    const first = await replaySweep(spec, table, limits)
    expect(first.at(-1)).toMatchObject({ trials: 6, epochs: first.length })
    expect(table.trainedEpochs).toBe(first.length)
    const again = newTable('sweep')
    expect(await replaySweep(spec, again, limits)).toEqual(first)
    expect(again.trainedEpochs).toBe(0)
    const half = first[6]!.compute
    const cut = await replaySweep(spec, again, { ...limits, compute: half })
    expect(cut).toEqual(first.slice(0, cut.length))
    expect(cut.at(-1)!.compute).toBeGreaterThanOrEqual(half)
  })
})
