/**
 * Compares the estimated memory of a training step with the growth of a real process. Run by hand, one network a process, on Linux:
 * `node --expose-gc main/engines/measure-training-memory.ts resnet20 32 64 [width]` (zoo id, pixels, batch).
 */
import fs from 'node:fs'
import { estimateTrainingMemory } from '../../experiments/analysis/training-memory.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { initialState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'

const [id = 'lenet5', side = '32', batch = '32', width = '1'] = process.argv.slice(2)
const batchSize = Number(batch)
const input = { height: Number(side), width: Number(side), channels: 3 }
const document = zooNetwork(id, { input, classes: 10, width: Number(width) })
const optimizer = { type: 'sgd', momentum: 0.9, nesterov: false } as const
const estimate = estimateTrainingMemory(document, { batchSize, optimizer })
const compiled = compileTraining(document, { batchSize, optimizer })
const state = initialState(compiled.state, 1)
const images = new Float32Array(batchSize * input.height * input.width * input.channels).map((_, i) => Math.sin(i))
const labels = new Int32Array(batchSize).map((_, i) => i % 10)
globalThis.gc?.()
const before = kilobytes('VmRSS')
const session = await createOnnxEngine().createSession(compiled, { state, seed: 1, threads: 2, stepsPerDispatch: 1 })
for (let step = 0; step < 3; step++) await session.train([{ step, images, labels, learningRate: 1e-4 }])
const measured = (kilobytes('VmHWM') - before) * 1024
await session.dispose()

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
const ratio = (estimate.totalBytes / measured).toFixed(2)
console.log(
  `${id} ${side}x${side}, batch ${batch}: estimated ${megabytes(estimate.totalBytes)} MiB, measured ${megabytes(measured)} MiB, ratio ${ratio}`,
)

function kilobytes(field: string): number {
  const line = new RegExp(`${field}:\\s+(\\d+)`).exec(fs.readFileSync('/proc/self/status', 'utf8'))
  return Number(line?.[1] ?? Number.NaN)
}
