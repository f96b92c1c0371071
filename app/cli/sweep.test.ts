/** Sweeps from the command line, with a service that is killed in the middle. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isProcessAlive } from '../../main/processes/process-alive.ts'
import type { SweepDetail } from '../../experiments/tuning/sweep-record.ts'
import { strataAt, type Strata } from './strata.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'strata-sweep-cli-'))

const spec = {
  version: 1,
  name: 'killed',
  experiment: 'base.experiment.json',
  space: [
    { name: 'rate', path: 'train.learningRate', range: [0.005, 0.1], scale: 'log' },
    { name: 'filters', path: 'network.nodes.conv1.params.filters', range: [4, 8], integer: true },
  ],
  search: { type: 'tpe', startup: 3 },
  fidelity: { type: 'asha', minEpochs: 1, reduction: 2 },
  budget: { trials: 5 },
}
const base = {
  version: 1,
  name: 'base',
  network: { zoo: 'lenet5' },
  data: { dataset: 'shapes', limit: 160, validation: 0.2 },
  train: { epochs: 4, batchSize: 32, learningRate: 0.02 },
  seed: 3,
}
const file = join(folder, 'small.sweep.json')
writeFileSync(file, JSON.stringify(spec))
writeFileSync(join(folder, 'base.experiment.json'), JSON.stringify(base))
const [one, two] = ['one', 'two'].map((name): Strata => {
  const home = join(folder, name)
  mkdirSync(home)
  return strataAt(home, { STRATA_DATASETS: join(folder, 'none') })
}) as [Strata, Strata]

afterAll(async () => {
  await Promise.all([one('service', 'stop', '--force'), two('service', 'stop', '--force')])
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
})

const shown = async (strata: typeof one): Promise<SweepDetail> =>
  JSON.parse((await strata('sweep', 'show', '1', '--json')).stdout) as SweepDetail

test('a service that was killed in mid-sweep goes on, repeats no finished trial, and ends with the same trials', async () => {
  const whole = await one('sweep', 'run', file, '--json')
  expect(whole.stderr).toBe('')
  const events = whole.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string })
  expect(events.map(({ event }) => event)).toEqual(['started', ...events.slice(2).map(() => 'trial'), 'finished'])

  await two('sweep', 'run', file, '--detach')
  let before = await shown(two)
  for (let kills = 0; kills < 2; kills++) {
    const isFurther = (): boolean => before.trials.filter(({ state }) => state === 'rung').length > kills
    while (!isFurther() && before.state === 'running') before = await shown(two)
    const { pid } = JSON.parse((await two('service', 'status', '--json')).stdout) as { pid: number }
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => isProcessAlive(pid), { timeout: 30_000 }).toBe(false)
    // Asking brings a new service, which goes on by itself.
    before = await shown(two)
  }
  let end = before
  while (end.state === 'running') end = await shown(two)

  const essence = ({ trials }: SweepDetail) =>
    trials.map(({ number, configuration, state, target, curve }) => ({
      ...{ number, configuration, state, target, accuracy: curve.accuracy, loss: curve.loss },
    }))
  expect(end.state).toBe('done')
  expect(essence(end)).toEqual(essence(await shown(one)))
  // One run a trial, and no epoch twice: what the runs trained is what the sweep counts.
  expect(new Set(end.trials.map(({ run }) => run)).size).toBe(5)
  expect(end.decisions.filter(({ type }) => type === 'started')).toHaveLength(5)
  expect(end.spent.epochs).toBe(end.trials.reduce((sum, { curve }) => sum + curve.accuracy.length, 0))
}, 240_000)

test('tells what is wrong with a sweep, and what there is', async () => {
  const wrong = join(folder, 'wrong.sweep.json')
  writeFileSync(wrong, JSON.stringify({ ...spec, space: [], objectives: [{ metric: 'f1' }] }))
  const refused = await one('sweep', 'run', wrong)
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/objectives.0.metric/) as string])
  expect((await one('sweep', 'list')).stdout).toMatch(/killed\s+done\s+5\/5/)
  expect((await one('sweep', 'show', '1')).stdout).toMatch(/best: trial \d, accuracy/)
  expect((await one('sweep', 'show', '9')).stderr).toMatch(/sweep-not-found/)
  const lost = ['--set', 'space.0.path=train.learningRat', '--set', 'space.1.path=network.nodes.conv9.params.filters']
  const { stderr } = await one('sweep', 'run', file, ...lost)
  expect(stderr).toMatch(/axis "rate".*did you mean "learningRate"/s)
  expect(stderr).toMatch(/axis "filters".*the network has no node "conv9"; did you mean "conv\d"/s)
  expect((await one('sweep', 'pause', '1')).stderr).toMatch(/sweep 1 is done; only a running one can be paused/)
}, 60_000)

test('a sweep that has begun is edited: what it searches and when it is over, not what trials were compared by', async () => {
  const edited = await one('sweep', 'edit', '1', '--set', 'space.0.range=[0.01,0.02]', '--set', 'target=0.9', '--json')
  expect(edited.stderr).toBe('')
  const { spec: now, decisions, trials } = await shown(one)
  expect(now).toMatchObject({ target: 0.9, space: [{ name: 'rate', range: [0.01, 0.02], scale: 'log' }, {}] })
  expect(decisions.at(-1)).toMatchObject({ type: 'edited', data: { changed: ['space', 'target'] } })
  expect(trials).toHaveLength(5)
  expect((await one('sweep', 'edit', '1', '--set', 'target=null')).code).toBe(0)
  expect((await shown(one)).spec.target).toBeUndefined()
  // Of a whole file, what can be taken over.
  expect((await one('sweep', 'edit', '1', file)).code).toBe(0)
  expect((await shown(one)).spec.space).toMatchObject([{ range: [0.005, 0.1] }, {}])
  const fixed = await one('sweep', 'edit', '1', '--set', 'fidelity={"type":"none"}')
  expect([fixed.code, fixed.stderr]).toEqual([2, expect.stringMatching(/fidelity: a sweep that has begun keeps this/)])
  expect((await one('sweep', 'edit', '1')).stderr).toMatch(/name what to change/)
}, 60_000)
