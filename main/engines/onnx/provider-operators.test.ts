/**
 * What the providers of other systems are given, checked without them: no operator, opset or type outside of their tables of kernels, for every
 * op and for whole training steps. An operator outside would run on the processor, with a copy there and back in the middle of each step, or fail.
 */
import { describe, expect, it } from 'vitest'
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import type { Precision } from '../../../experiments/spec/precision-spec.ts'
import { zooNetwork } from '../../../experiments/zoo/registry.ts'
import { compileTraining } from '../../compiler/training-graph.ts'
import { opCases, programOf } from '../reference/op-cases.fixture.ts'
import { webgpu } from '../engines.fixture.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import { serialiseModel } from './onnx-model.ts'
import { mixedLowerer } from './mixed-lowerer.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'
import { cudaGraphs, directmlGraphs } from './onnx-place.ts'
import { cudaKernels, directmlKernels } from './provider-kernels.fixture.ts'
import { loopGraph, packedGraph, singleGraph } from './step-graph.ts'
import { uncoveredNodes } from './uncovered-nodes.fixture.ts'
import { webgpuTarget } from './webgpu/webgpu-engine.ts'

/** What each engine sends, and the kernels that its provider has. What WebGPU has is asked of the provider itself, below. */
const providers = [
  { target: directmlGraphs.target, kernels: directmlKernels },
  { target: cudaGraphs.target, kernels: cudaKernels },
]

const optimizer = { type: 'sgd', momentum: 0.9 } as const
const networks = ['lenet5', 'alexnet', 'resnet20', 'resnext50-32x4d', 'inception-resnet-v2'] as const
const steps = networks.map((id) => stepOf(id, 'float32'))
const mixedSteps = networks.map((id) => stepOf(id, 'mixed_float16'))

function stepOf(id: (typeof networks)[number], precision: Precision): TensorProgram {
  const input = id === 'lenet5' ? { height: 28, width: 28, channels: 1 } : { height: 32, width: 32, channels: 3 }
  const network = zooNetwork(id, { input, classes: 4, width: 0.25 })
  return compileTraining(network, { batchSize: 2, optimizer, precision }).training
}

describe.each(providers)('what $target.provider is given', ({ target, kernels }) => {
  it.each(opCases)('has no operator that it lacks: $title', (opCase) => {
    expect(uncoveredNodes(singleGraph(programOf(opCase), target), kernels)).toEqual([])
  })

  it('has no operator that it lacks in a whole training step', () => {
    for (const step of steps) expect(uncoveredNodes(singleGraph(step, target), kernels), step.name).toEqual([])
  })

  it('has no operator that it lacks in mixed precision, where convolutions are of float16', () => {
    for (const step of mixedSteps) {
      const graph = singleGraph(step, target, mixedLowerer)
      expect(uncoveredNodes(graph, kernels), step.name).toEqual([])
      const floats = { ...kernels, Conv: { since: 1, types: ['float32' as const] } }
      expect(new Set(uncoveredNodes(graph, floats)), step.name).toContain(' Conv of float16')
    }
  })
})

describe('what CUDA is given in one call for many steps', () => {
  it('has no operator that it lacks, inside of the loop as well', () => {
    for (const step of steps) expect(uncoveredNodes(loopGraph(step, cudaGraphs.target), cudaKernels)).toEqual([])
  })

  it('would be refused by DirectML, which has no loop', () => {
    expect(uncoveredNodes(loopGraph(steps[0]!, directmlGraphs.target), directmlKernels)).toEqual(
      expect.arrayContaining([' Loop of int64']),
    )
  })
})

describe('a check of kernels', () => {
  it('sees an operator, an opset and a type that are not covered', () => {
    const step = singleGraph(steps[0]!, cudaGraphs.target)
    const without = (operator: string, kernel: object) =>
      uncoveredNodes(step, { ...cudaKernels, [operator]: { ...cudaKernels[operator]!, ...kernel } })
    expect(new Set(without('Conv', { until: 16 }))).toEqual(new Set([' Conv of float32']))
    expect(new Set(without('Mul', { types: ['int32'] }))).toEqual(new Set([' Mul of float32']))
    const processor = singleGraph(steps[1]!, { provider: 'cpu', opset: 17, contribOps: true })
    expect(uncoveredNodes(processor, cudaKernels).join()).toMatch(/MaxUnpool|com\.microsoft/)
  })
})

const allTargets: readonly OnnxTarget[] = [webgpuTarget, ...providers.map(({ target }) => target)]

describe.each(allTargets)('a training step for $provider', (target) => {
  it('has no second output of MaxPool: their indices fail on graphics cards', () => {
    const pools = steps.flatMap((step) =>
      packedGraph(step, target).graph.nodes.filter(({ operator }) => operator === 'MaxPool'),
    )
    expect(pools.length).toBeGreaterThan(0)
    expect(pools.filter(({ outputs }) => outputs.length > 1)).toEqual([])
  })

  it('trains without BatchNormalization, which fails in training mode there', () => {
    const used = steps.flatMap((step) => packedGraph(step, target).graph.nodes.map(({ operator }) => operator))
    expect(used).not.toContain('BatchNormalization')
    expect(new Set(used).size).toBeGreaterThan(20)
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

  it.each(opCases)('runs all of it itself: $title', async (opCase) => {
    await openOnDevice(singleGraph(programOf(opCase), webgpuTarget))
  })

  it.each(steps.map((step, i) => ({ step, i })))('runs whole training steps itself: $i', async ({ step }) => {
    await openOnDevice(packedGraph(step, webgpuTarget).graph)
  })

  it('would say so if it did not', async () => {
    const graph = singleGraph(steps[0]!, { ...webgpuTarget, provider: 'cuda' })
    await expect(openOnDevice(graph)).rejects.toThrow(/assigned to the default CPU/)
  })
})
