import { beforeAll, describe, expect, it } from 'vitest'
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { elementCount, type DataType } from '../../../experiments/ops/tensor-type.ts'
import { inputsOf, maxPoolCases, maxPoolGradientOf, opCases, programOf } from '../reference/op-cases.fixture.ts'
import type { ReferenceTensor } from '../reference/reference-tensor.ts'
import { runProgram } from '../reference/run-program.ts'
import { loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts'
import { OnnxSession } from './onnx-session.ts'
import { singleGraph } from './step-graph.ts'

/** Every lowering runs on the CPU provider here: what a graphics card would be given must at least be right. */
const targets: readonly OnnxTarget[] = [
  { provider: 'cpu', opset: 17, contribOps: true },
  { provider: 'webgpu', opset: 17, contribOps: false },
  { provider: 'portable', opset: 21, contribOps: false },
]

let runtime: OnnxRuntime
beforeAll(async () => {
  runtime = await loadOnnxRuntime()
})

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }

function tensorOf(dtype: DataType, { shape, data }: ReferenceTensor) {
  return new runtime.Tensor(dtype, arrays[dtype].from(data), [...shape])
}

async function runOnnx(
  program: TensorProgram,
  target: OnnxTarget,
  inputs: ReadonlyMap<string, ReferenceTensor>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const session = await OnnxSession.open(singleGraph(program, target), {
    provider: 'cpu',
    threads: 1,
    opset: target.opset,
  })
  const feeds = program.inputs.map(({ name, value }) => {
    const tensor = inputs.get(name)
    if (!tensor) throw new Error(name)
    return [name, tensorOf(value.type.dtype, tensor)] as const
  })
  const fetches = program.outputs.map(({ name, value: { type } }) => {
    const empty = { shape: type.shape, data: new Float64Array(elementCount(type.shape)) }
    return [name, tensorOf(type.dtype, empty)] as const
  })
  await session.run(Object.fromEntries(feeds), Object.fromEntries(fetches))
  await session.close()
  return new Map(fetches.map(([name, tensor]) => [name, Array.from(tensor.data as Float32Array)]))
}

async function expectEqual(program: TensorProgram, target: OnnxTarget, inputs: ReadonlyMap<string, ReferenceTensor>) {
  const expected = runProgram(program, inputs)
  const actual = await runOnnx(program, target, inputs)
  for (const [name, { data }] of expected) {
    const values = actual.get(name) ?? []
    expect(values).toHaveLength(data.length)
    data.forEach((value, i) => {
      const difference = Math.abs((values[i] ?? Number.NaN) - value)
      expect(difference, `${name}[${i}]: ${values[i]} against ${value}`).toBeLessThan(2e-5 * (1 + Math.abs(value)))
    })
  }
}

describe.each(targets)('the lowering for $provider', (target) => {
  it.each(opCases)('equals the reference: $title', async (opCase) => {
    await expectEqual(programOf(opCase), target, inputsOf(opCase))
  })

  it.each(maxPoolCases)(
    'sends gradients where the reference does, also among equal elements: $values $title',
    async (opCase) => {
      const { program, inputs } = maxPoolGradientOf(opCase)
      await expectEqual(program, target, inputs)
    },
  )
})
