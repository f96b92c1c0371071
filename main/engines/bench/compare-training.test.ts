import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileTraining } from '../../compiler/training-graph.ts'
import { compareTraining } from './compare-training.ts'
import { findPyTorch, pytorchScript } from './find-pytorch.ts'
import { describeNetwork } from './network-description.ts'
import { benchNetworks } from './networks.ts'
import { PeerProcess } from './peer-process.ts'

const worker = [process.execPath, join(import.meta.dirname, 'bench-worker.fixture.ts')] as const
const settings = { engines: ['onnxruntime'], threads: 1, rounds: 1, secondsPerRound: 0.01, worker }

describe('the training benchmark', () => {
  it.each(benchNetworks)('$id compiles, and is described with every size a peer needs', ({ document, batchSize }) => {
    const optimizer = { type: 'sgd', momentum: 0.9 } as const
    expect(compileTraining(document, { batchSize, optimizer }).classes).toBe(10)
    const layers = describeNetwork(document, batchSize)
    const known = new Set<string>()
    for (const { id, type, inputs, shape, padding } of layers) {
      for (const input of inputs) expect(known).toContain(input)
      if (type !== 'classifier') expect(shape[0]).toBe(batchSize)
      if (/conv2d|pool2d/.test(type)) expect(padding).toHaveLength(4)
      known.add(id)
    }
  })

  it('measures our engine alone', async () => {
    const rows = []
    for await (const row of compareTraining({ ...settings, networks: ['lenet5'] })) rows.push(row)
    expect(rows).toMatchObject([{ network: 'lenet5', batchSize: 128, parameters: 61_706 }])
    const ours = rows[0]?.ours
    expect(ours?.imagesPerSecond).toBeGreaterThan(0)
    expect(ours?.peakBytes).toBeGreaterThan(2 ** 20)
    expect(ours?.betweenRuns).toBeGreaterThan(0)
    expect(ours?.betweenRuns).toBeLessThan(1)
    expect(ours?.transfers).toBeUndefined()
  })

  it('lets engines take turns and compares them with the first', async () => {
    const rows = []
    const engines = ['onnxruntime', 'onnxruntime']
    for await (const row of compareTraining({ ...settings, engines, networks: ['lenet5'] })) rows.push(row)
    expect(rows.map(({ network, engine }) => `${network} ${engine}`)).toEqual(Array(2).fill('lenet5 onnxruntime'))
    expect(rows[0]?.speedOfFirst).toBeUndefined()
    expect(rows[1]?.speedOfFirst?.median).toBeGreaterThan(0)
  })

  it('names its networks when asked for another', async () => {
    const rows = compareTraining({ ...settings, networks: ['lenet6'] })
    await expect(rows.next()).rejects.toMatchObject({
      code: 'unknown-network',
      message: expect.stringContaining('lenet5') as string,
    })
  })

  it('ends with the last words of a side that fails', async () => {
    const failing = new PeerProcess('the peer', process.execPath, [
      '-e',
      'console.error("no such layer"); process.exit(1)',
    ])
    await expect(failing.start({})).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('no such layer') as string,
    })
    await failing.close()
    const missing = new PeerProcess('the peer', join(import.meta.dirname, 'no-such-program'), [])
    await expect(missing.start({})).rejects.toMatchObject({ code: 'engine-failed' })
    await missing.close()
  })

  it('trains the same network as PyTorch, where that is installed', async ({ skip }) => {
    const pytorch = await findPyTorch()
    const script = pytorchScript()
    expect(script).toBeDefined()
    if (!pytorch || !script) return skip('no Python with PyTorch: set STRATA_PYTHON')
    const rows = []
    // The peer refuses a layer that it does not know, and other numbers of parameters are an error.
    const peer = [pytorch.python, script] as const
    for await (const row of compareTraining({ ...settings, networks: ['lenet5', 'resnet20'], peer })) rows.push(row)
    for (const { speed, memory } of rows)
      expect([speed?.median, memory].every((value) => value && value > 0)).toBe(true)
  }, 120_000)
})
