/**
 * What the providers of other systems are given, checked without them: no operator outside of their tables of kernels, for every op and for
 * whole training steps. An operator outside would run on the processor, with a copy there and back in the middle of each step, or fail.
 */
import { describe, expect, it } from 'vitest'
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { zooNetwork } from '../../../experiments/zoo/registry.ts'
import { compileTraining } from '../../compiler/training-graph.ts'
import { opCases, programOf } from '../reference/op-cases.fixture.ts'
import { webgpu } from '../engines.fixture.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import { serialiseModel } from './onnx-model.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'
import { packedGraph, singleGraph } from './step-graph.ts'

/**
 * Operators for float32 that DirectML and CUDA have up to this opset, to be compared with the tables that onnxruntime
 * publishes (docs/OperatorKernels.md), which were not at hand when it was written. Absent
 * there on one or more: MaxUnpool, LRN, Col2Im, LogSoftmax, SoftmaxCrossEntropyLoss, OneHot, Dropout and BatchNormalization in training. What
 * WebGPU has is asked of the provider itself, below.
 */
const known = new Set([
  ...['Add', 'ArgMax', 'AveragePool', 'BatchNormalization', 'Cast', 'Clip', 'Concat', 'Conv', 'ConvTranspose', 'Div'],
  ...['Elu', 'Equal', 'Erf', 'Exp', 'Expand', 'Gemm', 'GreaterOrEqual', 'Greater', 'Identity', 'LeakyRelu', 'Log'],
  ...['MatMul', 'Max', 'MaxPool', 'Min', 'Mul', 'Neg', 'Pad', 'Pow', 'PRelu', 'Reciprocal', 'ReduceMax', 'ReduceMean'],
  ...['ReduceMin', 'ReduceSum', 'ReduceSumSquare', 'Relu', 'Reshape', 'Resize', 'Sigmoid', 'Slice', 'Softmax', 'Sqrt'],
  ...['Squeeze', 'Sub', 'Sum', 'Tanh', 'Transpose', 'Unsqueeze', 'Where'],
])

const targets: readonly OnnxTarget[] = (['webgpu', 'dml', 'cuda'] as const).map((provider) => ({
  provider,
  // DirectML's kernels of BatchNormalization and ScatterElements end before 18.
  opset: 17,
  contribOps: false,
}))

const optimizer = { type: 'sgd', momentum: 0.9 } as const
const steps: readonly TensorProgram[] = ['lenet5', 'alexnet', 'resnet20', 'resnext50-32x4d', 'inception-resnet-v2'].map(
  (id) => {
    const input = id === 'lenet5' ? { height: 28, width: 28, channels: 1 } : { height: 32, width: 32, channels: 3 }
    return compileTraining(zooNetwork(id, { input, classes: 4, width: 0.25 }), { batchSize: 2, optimizer }).training
  },
)

describe.each(targets)('what $provider is given', (target) => {
  it.each(opCases)('has no operator that it lacks: $title', (opCase) => {
    const { nodes } = singleGraph(programOf(opCase), target)
    expect(nodes.filter(({ operator, domain }) => domain !== '' || !known.has(operator))).toEqual([])
  })

  it('has no second output of MaxPool: their indices fail on graphics cards', () => {
    const pools = steps.flatMap((step) =>
      packedGraph(step, target).graph.nodes.filter(({ operator }) => operator === 'MaxPool'),
    )
    expect(pools.length).toBeGreaterThan(0)
    expect(pools.filter(({ outputs }) => outputs.length > 1)).toEqual([])
  })

  it('has no operator that it lacks in a whole training step', () => {
    const used = new Set(steps.flatMap((step) => packedGraph(step, target).graph.nodes.map(({ operator }) => operator)))
    expect([...used].filter((operator) => !known.has(operator))).toEqual([])
    expect(used.size).toBeGreaterThan(20)
  })

  it('trains without BatchNormalization, which fails in training mode there', () => {
    const used = steps.flatMap((step) => packedGraph(step, target).graph.nodes.map(({ operator }) => operator))
    expect(used).not.toContain('BatchNormalization')
  })
})

describe.skipIf(webgpu.absence !== '')(`the provider of ${webgpu.title}`, () => {
  /** Opens `graph` under the condition that no node runs on the processor; the order of nodes is left as it is. */
  async function openOnDevice(graph: OnnxGraph): Promise<void> {
    const { InferenceSession } = await loadOnnxRuntime()
    const session = await InferenceSession.create(serialiseModel(graph, 17), {
      executionProviders: ['webgpu'],
      logSeverityLevel: 4,
      graphOptimizationLevel: 'disabled',
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    })
    await session.release()
  }

  const target: OnnxTarget = { provider: 'webgpu', opset: 17, contribOps: false }

  it.each(opCases)('runs all of it itself: $title', async (opCase) => {
    await openOnDevice(singleGraph(programOf(opCase), target))
  })

  it.each(steps.map((step, i) => ({ step, i })))('runs whole training steps itself: $i', async ({ step }) => {
    await openOnDevice(packedGraph(step, target).graph)
  })

  it('would say so if it did not', async () => {
    const graph = singleGraph(steps[0]!, { ...target, provider: 'cuda' })
    await expect(openOnDevice(graph)).rejects.toThrow(/assigned to the default CPU/)
  })
})
