/** A real trainer process measures; only whether the machine is idle is told, because the machine of a test never is. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { parallelAdvice } from '../../experiments/tuning/parallel-advice.ts'
import { builtProgram } from '../processes/built-program.fixture.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { EngineSurvey } from '../engines/survey/engine-survey.ts'
import { smallExperiment } from '../studio.fixture.ts'
import { measureIdleCores } from './idle-cores.ts'
import { ParallelAdviser } from './parallel-adviser.ts'

vi.setConfig({ testTimeout: 120_000 })

const cores = os.availableParallelism()
let home: string
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-adviser-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

function newAdviser(idle: number, trainer = builtProgram('trainer')): ParallelAdviser {
  return new ParallelAdviser({
    place: {
      home,
      engines: new EngineSurvey({ probe: builtProgram('engine-probe'), home }),
      weightsOfRun: (run) => {
        throw new Error(`run ${run} is not asked for`)
      },
    },
    trainer,
    studio: { version: 'test', commit: null },
    measureIdle: () => Promise.resolve(idle),
  })
}

it.skipIf(cores < 2)(
  'measures one training with all threads and with its part of them, once for a network',
  async () => {
    const adviser = newAdviser(cores)
    const advice = parallelAdvice.parse(await adviser.advise(smallExperiment))
    expect(['gains', 'fills']).toContain(advice.reason)
    // Whole batches of what is not held out.
    expect(advice).toMatchObject({ cores, idleCores: cores, imagesPerEpoch: 30 * 32 })
    expect(advice.rates.map(({ parallel }) => parallel).slice(0, 2)).toEqual([1, 2])
    for (const { imagesPerSecond } of advice.rates) expect(imagesPerSecond).toBeGreaterThan(0)
    expect(advice.rates.map(({ parallel }) => parallel)).toContain(advice.parallel)
    expect(await adviser.advise(smallExperiment)).toEqual(advice)
  },
)

it('does not measure where the cores are taken, and goes without where nothing answers', async () => {
  const fake = { ...builtProgram('trainer'), entry: path.join(home, 'no-such-trainer.mjs') }
  expect(await newAdviser(0, fake).advise(smallExperiment)).toMatchObject({
    ...{ parallel: 1, reason: cores < 2 ? 'few-cores' : 'busy', rates: [] },
  })
  expect(await newAdviser(cores, fake).advise(smallExperiment)).toMatchObject({
    ...{ parallel: 1, reason: cores < 2 ? 'few-cores' : 'unmeasured' },
  })
  await expect(newAdviser(cores, fake).advise({ ...smallExperiment, network: { zoo: 'lenet7' } })).rejects.toThrow(
    'lenet7',
  )
})

it('idle cores are between none and all', async () => {
  const idle = await measureIdleCores(50)
  expect(idle).toBeGreaterThanOrEqual(0)
  expect(idle).toBeLessThanOrEqual(cores)
})
