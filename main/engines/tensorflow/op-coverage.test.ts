/** Every op of the registry on the kernels that TensorFlow.js has in JavaScript: the same code runs on TensorFlow's own. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { ops } from '../../../experiments/ops/registry.ts'
import { inputsOf, maxPoolCases, maxPoolGradientOf, opCases, programOf } from '../reference/op-cases.fixture.ts'
import type { ReferenceTensor } from '../reference/reference-tensor.ts'
import { runProgram as runReference } from '../reference/run-program.ts'
import { ImageTensor } from './image-tensor.ts'
import { runProgram, tensorflowKernels } from './run-program.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  await tf.ready()
})

function expectEqual(program: TensorProgram, inputs: ReadonlyMap<string, ReferenceTensor>): void {
  const expected = runReference(program, inputs)
  const before = tf.memory().numTensors
  const given = new Map(
    program.inputs.map(({ name, value: { type } }) => {
      const { data } = inputs.get(name)!
      const values = type.dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data)
      return [name, ImageTensor.of(tf, tf.tensor(values, [...type.shape], type.dtype))] as const
    }),
  )
  const outputs = runProgram(tf, program, given)
  for (const [name, { data }] of expected) {
    const values = outputs.get(name)!.first.dataSync()
    expect(values).toHaveLength(data.length)
    data.forEach((value, i) => {
      const difference = Math.abs((values[i] ?? Number.NaN) - value)
      expect(difference, `${name}[${i}]: ${values[i]} against ${value}`).toBeLessThan(2e-5 * (1 + Math.abs(value)))
    })
  }
  for (const tensor of [...outputs.values(), ...given.values()]) tensor.dispose()
  expect(tf.memory().numTensors, 'tensors that nobody disposed of').toBe(before)
}

describe('the TensorFlow engine', () => {
  it('has a kernel for every op, and none without an op', () => {
    expect([...tensorflowKernels.keys()].toSorted()).toEqual(ops.map((op) => op.name).toSorted())
  })

  it.each(opCases)('equals the reference: $title', (opCase) => {
    expectEqual(programOf(opCase), inputsOf(opCase))
  })

  it.each(maxPoolCases)('sends gradients where the reference does: $values $title', (opCase) => {
    const { program, inputs } = maxPoolGradientOf(opCase)
    expectEqual(program, inputs)
  })
})
