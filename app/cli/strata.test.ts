/** The command line as a user has it: real processes, a real service, real training. */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { program, strataAt, type Outcome } from './strata.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'strata-cli-'))
const home = join(folder, 'home')
const strata = strataAt(home, { STRATA_DATASETS: join(folder, 'none') })
mkdirSync(home)

interface StreamEvent {
  readonly event: string
  readonly [key: string]: unknown
}

const lines = (text: string): StreamEvent[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StreamEvent)

const spec = {
  version: 1,
  name: 'small',
  network: { zoo: 'lenet5' },
  data: { dataset: 'shapes', limit: 320 },
  train: { epochs: 2, batchSize: 32, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.02 },
  seed: 7,
}

function experiment(name: string, json: unknown): string {
  const file = join(folder, `${name}.experiment.json`)
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json))
  return file
}

afterAll(async () => {
  await strata('service', 'stop', '--force')
})

describe('train', () => {
  test('streams started, steps, epochs and finished; the same seed gives the same losses to the last digit', async () => {
    const file = experiment('small', spec)
    const first = await strata('train', file, '--json')
    expect(first.stderr).toBe('')
    expect(first.code).toBe(0)
    const events = lines(first.stdout)
    expect(events[0]).toMatchObject({ event: 'started', run: expect.any(Number) as number })
    const steps = events.filter(({ event }) => event === 'step')
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1))
    const epochs = events.filter(({ event }) => event === 'epoch')
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(epochs[1]).toMatchObject({
      train: { loss: expect.any(Number) as number, accuracy: expect.any(Number) as number },
      validation: { loss: expect.any(Number) as number, accuracy: expect.any(Number) as number },
    })
    const finished = events.at(-1)
    expect(finished).toMatchObject({ event: 'finished', status: 'finished' })

    const again = lines((await strata('train', file, '--json')).stdout)
    const losses = (list: StreamEvent[]): unknown[] =>
      list.filter(({ event }) => event === 'step').map(({ loss }) => loss)
    expect(losses(again)).toEqual(losses(events))
    expect(again.at(-1)?.['weightsSha256']).toBe(finished?.['weightsSha256'])

    const other = lines((await strata('train', file, '--seed', '8', '--json')).stdout)
    expect(losses(other)).not.toEqual(losses(events))
  })

  test('the run is found again with its curve and results', async () => {
    const list = JSON.parse((await strata('runs', 'list', '--json')).stdout) as { id: number; status: string }[]
    expect(list.length).toBeGreaterThanOrEqual(3)
    const id = String(list.at(-1)?.id)
    const run = JSON.parse((await strata('runs', 'show', id, '--json')).stdout) as Record<string, unknown>
    expect(run).toMatchObject({ status: 'finished', name: 'small', parameters: expect.any(Number) as number })
    expect(run['checkpoints']).not.toHaveLength(0)
    expect((await strata('runs', 'show', id)).stdout).toContain('LeNet-5')
  })

  test('--set and --epochs change the experiment', async () => {
    const file = experiment('small', spec)
    const events = lines((await strata('train', file, '--epochs', '1', '--set', 'data.limit=64', '--json')).stdout)
    expect(events.filter(({ event }) => event === 'epoch')).toHaveLength(1)
  })
})

describe('bad input', () => {
  const refused = async (words: string[], exitCode: number, code: string, message: string): Promise<void> => {
    const { code: exit, stderr } = await strata(...words, '--json')
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string } }
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
    expect(exit).toBe(exitCode)
    expect((await strata(...words)).stderr).toContain(`error ${code}: `)
  }
  const train = (name: string, json: unknown): string[] => ['train', experiment(name, json)]

  test('an unknown key names its place and the nearest one', () =>
    refused(
      train('key', { ...spec, train: { ...spec.train, lr: 1 } }),
      1,
      'unknown-key',
      'train.lr: unknown key "lr"; did you mean "learningRate"?',
    ))

  test('a wrong type', () => refused(train('type', { ...spec, seed: 'one' }), 1, 'wrong-type', 'seed'))

  test('text that is not JSON', () =>
    refused(train('json', '{"version": 1,'), 1, 'invalid-json', 'json.experiment.json'))

  test('a file that is not there', () =>
    refused(['train', join(folder, 'none.json')], 1, 'file-not-found', 'none.json'))

  test('an unknown network names the nearest one', () =>
    refused(train('zoo', { ...spec, network: { zoo: 'lenet6' } }), 1, 'unknown-network', 'lenet5'))

  test('an unknown dataset', () =>
    refused(train('data', { ...spec, data: { dataset: 'shape' } }), 1, 'unknown-dataset', 'shapes'))

  test('a device that is not here says what is, and an unknown answer to its loss names its place', async () => {
    await refused([...train('device', spec), '--device', 'cuda:9'], 1, 'engine-unavailable', 'this machine has cpu')
    await refused(
      [...train('loss', spec), '--device', 'cuda:9', '--on-device-loss', 'wait'],
      1,
      'wrong-type',
      'onDeviceLoss',
    )
  })

  test('a dataset that is not on this machine says how to get it', () =>
    refused(train('missing', { ...spec, data: { dataset: 'mnist' } }), 1, 'dataset-missing', 'mnist'))

  test('a truncated data file is named with what was expected', async () => {
    const dataset = join(home, 'datasets', 'mnist')
    mkdirSync(dataset, { recursive: true })
    const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 0, 28, 0, 0, 0, 28])
    for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte']) writeFileSync(join(dataset, name), header)
    const labels = Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, 100]), Buffer.alloc(100)])
    for (const name of ['train-labels-idx1-ubyte', 't10k-labels-idx1-ubyte']) writeFileSync(join(dataset, name), labels)
    await refused(train('truncated', { ...spec, data: { dataset: 'mnist' } }), 1, 'file-damaged', 'images-idx3-ubyte')
  })

  test('a network whose shapes do not fit names the layer', async () => {
    const document = {
      format: 'strata.network',
      version: 1,
      name: 'too deep',
      nodes: [
        { id: 'input', type: 'input', params: { height: 4, width: 4, channels: 3 } },
        { id: 'wide', type: 'conv2d', params: { kernel: 9, padding: 'valid' } },
        { id: 'classifier', type: 'classifier' },
      ],
      edges: [
        { source: 'input', target: 'wide' },
        { source: 'wide', target: 'classifier' },
      ],
    }
    const { stderr } = await strata(...train('shape', { ...spec, network: { document } }), '--json')
    expect((JSON.parse(stderr) as { error: { message: string } }).error.message).toContain('wide')
  })

  test('an unknown command, a missing word and an unknown option are wrong usage', async () => {
    await refused(['trian'], 2, 'usage', 'trian')
    await refused(['train'], 2, 'usage', 'experiment')
    await refused(['zoo', '--fast'], 2, 'usage', '--fast')
    await refused(['train', experiment('small', spec), '--epochs', 'many'], 2, 'usage', 'whole number')
    await refused(['runs', 'show', '1x'], 2, 'usage', 'number')
  })

  test('a run that does not exist', () => refused(['runs', 'show', '4711'], 1, 'run-not-found', '4711'))
})

describe('queue edit', () => {
  interface Added {
    readonly id: number
    readonly name: string
  }
  const json = <T>({ stdout }: Outcome): T => JSON.parse(stdout) as T

  test('changes the experiment of a run that has not begun, at its place', async () => {
    const file = experiment('to-edit', spec)
    const [first] = json<Added[]>(await strata('queue', 'add', file, '--paused', '--json'))
    const [second] = json<Added[]>(await strata('queue', 'add', file, '--paused', '--json'))
    if (!first || !second) throw new Error('nothing was queued')
    const changes = ['--set', 'name=slower', '--set', 'train.learningRate=0.005']
    const edited = json<Added>(await strata('queue', 'edit', `${first.id}`, ...changes, '--json'))
    expect(edited.name).toBe('slower')
    expect(edited.id).toBeGreaterThan(second.id)
    const shown = json<{ spec: unknown }>(await strata('runs', 'show', `${edited.id}`, '--json'))
    expect(shown.spec).toMatchObject({ ...spec, name: 'slower', train: { ...spec.train, learningRate: 0.005 } })
    const { jobs } = json<{ jobs: { run: number; state: string }[] }>(await strata('queue', 'list', '--json'))
    expect(jobs.map(({ run, state }) => [run, state])).toEqual([
      [edited.id, 'paused'],
      [second.id, 'paused'],
    ])

    // What is wrong changes nothing, and what was changed can be taken back.
    const wrong = await strata('queue', 'edit', `${edited.id}`, '--set', 'train.epochs=-1')
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain('train.epochs')
    const nothing = await strata('queue', 'edit', `${edited.id}`)
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('--set train.learningRate=0.01')])
    await strata('queue', 'undo')
    const back = json<{ jobs: { run: number }[] }>(await strata('queue', 'list', '--json'))
    expect(back.jobs.map(({ run }) => run)).toEqual([first.id, second.id])
    expect((await strata('queue', 'cancel', `${first.id}`, `${second.id}`)).code).toBe(0)
    const gone = await strata('queue', 'edit', `${first.id}`, '--set', 'name=late')
    expect([gone.code === 0, gone.stderr]).toEqual([false, expect.stringContaining(`run ${first.id}`)])

    // A network from a file that is gone since.
    const { networkDocument } = json<{ networkDocument: unknown }>(
      await strata('runs', 'show', `${second.id}`, '--json'),
    )
    const network = join(folder, 'gone.network.json')
    writeFileSync(network, JSON.stringify(networkDocument))
    const fromFile = experiment('from-file', { ...spec, network: { file: network } })
    const [third] = json<Added[]>(await strata('queue', 'add', fromFile, '--paused', '--json'))
    rmSync(network)
    const other = json<Added>(await strata('queue', 'edit', `${third?.id}`, '--set', 'seed=8', '--json'))
    expect(other).toMatchObject({ seed: 8, network: 'LeNet-5', status: 'paused' })
    await strata('queue', 'cancel', `${other.id}`)
  })
})

describe('the other commands', () => {
  test('zoo lists ids, titles, inputs and classes', async () => {
    const zoo = JSON.parse((await strata('zoo', '--json')).stdout) as unknown[]
    expect(zoo).toContainEqual(expect.objectContaining({ id: 'lenet5', input: '28x28x1', classes: 10 }))
  })

  test('analyze gives the published numbers of LeNet-5', async () => {
    const analysis = JSON.parse((await strata('analyze', 'lenet5', '--json')).stdout) as Record<string, unknown>
    expect(analysis).toMatchObject({ params: 61_706 })
  })

  test('analyze folds blocks, and unfolds them when asked to', async () => {
    const folded = (await strata('analyze', 'resnet18')).stdout
    expect(folded).toMatch(/^conv2_x +2 x residual-basic +64x56x56 +147,968 /m)
    expect(folded).not.toContain('conv2_x/1')
    const unfolded = (await strata('analyze', 'resnet18', '--unfold')).stdout
    expect(unfolded).toMatch(/^conv3_x\/1\/shortcut +conv2d +128x28x28 +8,192 /m)
  })

  test('doctor reports studio, engines and datasets', async () => {
    const report = JSON.parse((await strata('doctor', '--json')).stdout) as {
      studio: { version: string }
      engines: { id: string; available: boolean }[]
      datasets: { name: string }[]
    }
    const version = (
      JSON.parse(readFileSync(join(program, '..', '..', '..', 'package.json'), 'utf8')) as { version: string }
    ).version
    expect(report.studio.version).toBe(version)
    expect(report.engines.some(({ available }) => available)).toBe(true)
    expect(report.datasets.map(({ name }) => name)).toContain('shapes')
  })

  test('service says whether it runs, and ends when told', async () => {
    expect(JSON.parse((await strata('service', 'status', '--json')).stdout)).toMatchObject({ running: true })
    expect(JSON.parse((await strata('service', 'stop', '--json')).stdout)).toMatchObject({ stopped: true })
    expect(JSON.parse((await strata('service', 'status', '--json')).stdout)).toMatchObject({ running: false })
    expect(JSON.parse((await strata('service', 'start', '--json')).stdout)).toMatchObject({ running: true })
  })
})
