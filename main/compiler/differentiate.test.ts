import { describe, expect, it } from 'vitest'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { add } from '../../experiments/ops/add.ts'
import { argmax } from '../../experiments/ops/argmax.ts'
import { constant } from '../../experiments/ops/constant.ts'
import { multiply } from '../../experiments/ops/multiply.ts'
import { ProgramBuilder, type TensorProgram, type Value } from '../../experiments/ops/program.ts'
import { reduceSum } from '../../experiments/ops/reduce-sum.ts'
import { opNamed } from '../../experiments/ops/registry.ts'
import { elementCount, float32 } from '../../experiments/ops/tensor-type.ts'
import { toFloat } from '../../experiments/ops/to-float.ts'
import { verifyProgram } from '../../experiments/ops/verify-program.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { inputsOf, opCases, type OpCase } from '../engines/reference/op-cases.fixture.ts'
import type { ReferenceTensor } from '../engines/reference/reference-tensor.ts'
import { runProgram } from '../engines/reference/run-program.ts'
import { differentiate } from './differentiate.ts'

/**
 * The op under a loss of different weight for each element of its first output, and the gradients of that loss. Only the first output: the
 * second one of softmaxCrossEntropy is a derivative that is not differentiated again.
 */
function lossProgram({ op, inputs, attributes }: OpCase): {
  program: TensorProgram
  differentiated: readonly number[]
} {
  const b = new ProgramBuilder(`gradient of ${op}`)
  const values = inputs.map((type, i) => b.input(`in${i}`, 'weight', type))
  const output = b.emit(opNamed(op), values, attributes)[0] as Value
  const random = counterRandom({ seed: 2, purpose: 'loss weights' })
  const shape = output.type.shape
  const weights = constant(
    b,
    Array.from({ length: elementCount(shape) }, () => random.normal()),
    shape,
  )
  const loss = reduceSum(b, multiply(b, output, weights))
  b.output('loss', 'result', loss)
  const gradients = differentiate(b, loss, values)
  const differentiated = gradients.flatMap((gradient, i) => {
    if (gradient) b.output(`gradient${i}`, 'result', gradient)
    return gradient ? [i] : []
  })
  return { program: b.finish(), differentiated }
}

/** Central differences in float64: exact to about 1e-9 for values near 1. */
function finiteDifferences(
  program: TensorProgram,
  inputs: ReadonlyMap<string, ReferenceTensor>,
  name: string,
): number[] {
  const tensor = inputs.get(name)
  if (!tensor) throw new Error(name)
  const step = 1e-5
  const lossAt = (i: number, shift: number) => {
    const data = tensor.data.slice()
    data[i] = (data[i] ?? 0) + shift
    return runProgram(program, new Map([...inputs, [name, { ...tensor, data }]])).get('loss')?.data[0] ?? Number.NaN
  }
  return Array.from(tensor.data, (_, i) => (lossAt(i, step) - lossAt(i, -step)) / (2 * step))
}

const isDifferentiable = ({ op }: OpCase) => typeof opNamed(op).gradient === 'function'
const smoothCases = opCases.filter(
  (opCase) => isDifferentiable(opCase) && opCase.values !== 'ties' && opCase.inputs.length > 0,
)

describe('differentiate', () => {
  it.each(smoothCases)('agrees with finite differences: $title', (opCase) => {
    const { program, differentiated } = lossProgram(opCase)
    verifyProgram(program, 'differentiation')
    const inputs = inputsOf(opCase)
    const outputs = runProgram(program, inputs)
    // By y, reluGradient is piecewise constant and claims no gradient, so is dropout by its random numbers and wherePositive by its condition;
    // every other float input must have one.
    const constantInput = { reluGradient: 1, dropout: 1, wherePositive: 0 }[opCase.op]
    const isPiecewiseConstant = (i: number) => i === constantInput
    const expected = opCase.inputs.flatMap((type, i) =>
      type.dtype === 'float32' && !isPiecewiseConstant(i) ? [i] : [],
    )
    expect(differentiated).toEqual(expected)
    for (const i of differentiated) {
      const gradient = [...(outputs.get(`gradient${i}`)?.data ?? [])]
      const numeric = finiteDifferences(program, inputs, `in${i}`)
      gradient.forEach((value, k) => {
        const difference = Math.abs(value - (numeric[k] ?? Number.NaN))
        expect(difference, `input ${i}, element ${k}: ${value} against ${numeric[k]}`).toBeLessThan(
          1e-6 * (1 + Math.abs(value)),
        )
      })
    }
  })

  it('adds up the gradients of a value that is used several times', () => {
    const b = new ProgramBuilder('shared')
    const x = b.input('x', 'weight', float32(3))
    const squared = multiply(b, x, x)
    const loss = reduceSum(b, add(b, squared, multiply(b, x, squared)))
    const [gradient] = differentiate(b, loss, [x])
    b.output('gradient', 'result', gradient as Value)
    const data = Float64Array.of(1, -2, 0.5)
    const result = runProgram(b.finish(), new Map([['x', { shape: [3], data }]]))
    expect([...(result.get('gradient')?.data ?? [])]).toEqual([...data].map((v) => 2 * v + 3 * v * v))
  })

  it('has no gradient for what the loss does not depend on', () => {
    const b = new ProgramBuilder('independent')
    const x = b.input('x', 'weight', float32(2))
    const unused = b.input('unused', 'weight', float32(2))
    expect(differentiate(b, reduceSum(b, x), [x, unused])[1]).toBeUndefined()
  })

  it('names the op and the node that has no gradient', () => {
    const b = new ProgramBuilder('index')
    const x = b.input('x', 'weight', float32(2, 3))
    const index = b.withOrigin('choose', () => toFloat(b, argmax(b, x)))
    const failing = () => differentiate(b, reduceSum(b, index), [x])
    expect(failing).toThrow(StudioError)
    expect(failing).toThrow(/toFloat in choose has no gradient: its input is not a real number/)
  })
})
