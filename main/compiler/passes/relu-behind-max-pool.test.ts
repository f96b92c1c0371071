import { describe, expect, it } from 'vitest'
import { multiply } from '../../../experiments/ops/multiply.ts'
import { maxPool2d } from '../../../experiments/ops/max-pool2d.ts'
import type { PoolingAttributes } from '../../../experiments/ops/pooling.ts'
import { ProgramBuilder, type TensorProgram, type Value } from '../../../experiments/ops/program.ts'
import { reduceSum } from '../../../experiments/ops/reduce-sum.ts'
import { relu } from '../../../experiments/ops/relu.ts'
import { elementCount, float32 } from '../../../experiments/ops/tensor-type.ts'
import { counterRandom } from '../../../experiments/random/counter-random.ts'
import { runProgram } from '../../engines/reference/run-program.ts'
import { differentiate } from '../differentiate.ts'
import { runPasses } from './pass.ts'
import { reluBehindMaxPool } from './relu-behind-max-pool.ts'

const windows: readonly PoolingAttributes[] = [
  { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] },
  { kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  { kernel: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] },
]

/** A weighted sum over the pooled ReLU of x, and its gradient by x. */
function example(window: PoolingAttributes, use?: (b: ProgramBuilder, y: Value) => void): TensorProgram {
  const b = new ProgramBuilder('example')
  const x = b.input('x', 'weight', float32(2, 3, 6, 6))
  const y = relu(b, x)
  use?.(b, y)
  const pooled = maxPool2d(b, y, window)
  const loss = reduceSum(b, multiply(b, pooled, b.input('factors', 'images', pooled.type)))
  b.output('loss', 'result', loss)
  const [gradient] = differentiate(b, loss, [x])
  b.output('gradient', 'result', gradient as Value)
  return b.finish()
}

/** Small integers: many equal elements, zeros, and windows without a positive one. */
function inputsOf(program: TensorProgram) {
  return new Map(
    program.inputs.map(({ name, value: { type } }) => {
      const random = counterRandom({ seed: 6, purpose: name })
      const draw = () => (name === 'x' ? random.below(4) - 2 : random.normal())
      return [name, { shape: type.shape, data: Float64Array.from({ length: elementCount(type.shape) }, draw) }]
    }),
  )
}

const opsOf = (program: TensorProgram) => program.nodes.map((node) => node.op)

describe('ReLU behind max pooling', () => {
  it.each(windows)('keeps results and gradients, $kernel / $strides', (window) => {
    const program = example(window)
    const swapped = runPasses(program, [reluBehindMaxPool])
    expect(opsOf(swapped).slice(0, 2)).toEqual(['maxPool2d', 'relu'])
    expect(opsOf(swapped).indexOf('reluGradient')).toBeLessThan(opsOf(swapped).indexOf('maxPool2dGradient'))
    expect(runProgram(swapped, inputsOf(program))).toEqual(runProgram(program, inputsOf(program)))
    expect(reluBehindMaxPool.run(swapped)).toEqual(swapped)
  })

  it('leaves a ReLU alone that something else reads', () => {
    const shown = example(windows[0]!, (b, y) => b.output('y', 'result', y))
    expect(opsOf(runPasses(shown, [reluBehindMaxPool]))).toEqual(opsOf(shown))
    const read = example(windows[0]!, (b, y) => b.output('sum', 'result', reduceSum(b, y)))
    expect(opsOf(runPasses(read, [reluBehindMaxPool]))).toEqual(opsOf(read))
  })
})
