/**
 * Our side of the training benchmark, in a process of its own so that its peak memory is that of one network. Speaks the same lines of JSON as
 * pytorch_peer.py: a task, then numbers of steps.
 */
import { createInterface } from 'node:readline'
import { counterRandom } from '../../../experiments/random/counter-random.ts'
import { initialState } from '../../compiler/initialise-weights.ts'
import { compileTraining } from '../../compiler/training-graph.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { TrainingBatch, TrainingSession } from '../engine.ts'
import { secondsInRuntime } from '../onnx/runtime-clock.ts'
import { engineNamed } from '../registry.ts'
import { benchNetworks } from './networks.ts'
import type { PeerMeasurement, PeerReady } from './peer-process.ts'

export interface WorkerTask {
  readonly network: string
  readonly engine: string
  readonly home?: string
  readonly threads: number
}

interface Running {
  readonly session: TrainingSession
  readonly batches: readonly TrainingBatch[]
  step: number
}

/** Serves until the input ends. */
export async function runBenchWorker(): Promise<void> {
  let running: Running | undefined
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line) as unknown
    if (running) answer(await measure(running, (message as { steps: number }).steps))
    else running = await start(message as WorkerTask)
  }
  await running?.session.dispose()
}

async function start({ network: id, engine: engineId, home, threads }: WorkerTask): Promise<Running> {
  const network = benchNetworks.find((candidate) => candidate.id === id)
  if (!network) throw new Error(`the benchmark has no network ${id}`)
  const started = performance.now()
  const optimizer = { type: 'sgd', momentum: 0.9 } as const
  const compiled = compileTraining(network.document, { batchSize: network.batchSize, optimizer })
  const state = initialState(compiled.state, 1)
  const engine = engineNamed(engineId, home)
  const session = await engine.createSession(compiled, { state, seed: 1, threads })
  const { version } = await engine.describe()
  const random = counterRandom({ seed: 1, purpose: 'benchmark' })
  const { height, width, channels } = compiled.input
  const pixels = network.batchSize * height * width * channels
  const batches = Array.from({ length: 4 }, () => ({
    step: 0,
    images: Float32Array.from({ length: pixels }, () => random.normal()),
    labels: Int32Array.from({ length: network.batchSize }, () => random.below(compiled.classes)),
    learningRate: 1e-3,
  }))
  await session.train(batches.slice(0, 1))
  const weights = compiled.state.filter(({ kind }) => kind === 'weight')
  const ready: PeerReady = {
    ready: true,
    version,
    compileSeconds: (performance.now() - started) / 1000,
    parameters: weights.reduce((sum, { shape }) => sum + elementCount(shape), 0),
  }
  answer(ready)
  return { session, batches, step: 1 }
}

async function measure(running: Running, steps: number): Promise<PeerMeasurement> {
  const { session, batches } = running
  const transferSeconds = await session.timeTransfers?.(batches[0]!)
  const cpu = process.cpuUsage()
  const inRuntime = secondsInRuntime()
  const started = performance.now()
  let loss = Number.NaN
  for (let left = steps; left > 0;) {
    const count = Math.min(left, session.stepsPerDispatch)
    const list = Array.from({ length: count }, (_, i) => ({
      ...batches[(running.step + i) % 4]!,
      step: running.step + i,
    }))
    loss = (await session.train(list)).at(-1)?.loss ?? loss
    running.step += count
    left -= count
  }
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const runtimeSeconds = secondsInRuntime() - inRuntime
  return {
    seconds,
    // TensorFlow runs op by op: there is no between.
    ...(runtimeSeconds > 0 && { betweenRuns: Math.max(0, 1 - runtimeSeconds / seconds) }),
    ...(transferSeconds !== undefined && { transfers: (transferSeconds * steps) / seconds }),
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    loss,
  }
}

function answer(message: PeerReady | PeerMeasurement): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
