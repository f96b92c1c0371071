import { describe, expect, it } from 'vitest'
import { leNet5 } from '../../../experiments/zoo/lenet5.ts'
import { add } from '../../../experiments/ops/add.ts'
import { multiply } from '../../../experiments/ops/multiply.ts'
import { ProgramBuilder, type TensorProgram } from '../../../experiments/ops/program.ts'
import { relu } from '../../../experiments/ops/relu.ts'
import { float32 } from '../../../experiments/ops/tensor-type.ts'
import { runProgram } from '../../engines/reference/run-program.ts'
import { compileTraining } from '../training-graph.ts'
import { commonSubexpressionElimination } from './common-subexpression-elimination.ts'
import { deadCodeElimination } from './dead-code-elimination.ts'
import { runPasses } from './pass.ts'

function example(): TensorProgram {
  const b = new ProgramBuilder('example')
  const x = b.input('x', 'images', float32(3))
  const y = b.input('y', 'images', float32(3))
  const twice = add(b, multiply(b, x, y), multiply(b, x, y))
  relu(b, twice)
  b.output('z', 'result', add(b, twice, multiply(b, y, x)))
  return b.finish()
}

const inputs = new Map([
  ['x', { shape: [3], data: Float64Array.of(1, -2, 3) }],
  ['y', { shape: [3], data: Float64Array.of(0.5, 4, -1) }],
])
const opsOf = (program: TensorProgram) => program.nodes.map((node) => node.op)

describe.each([commonSubexpressionElimination, deadCodeElimination])('$name', (pass) => {
  it('keeps the results', () => {
    const program = runPasses(example(), [pass])
    expect(runProgram(program, inputs)).toEqual(runProgram(example(), inputs))
  })

  it('finds nothing more the second time', () => {
    const once = pass.run(example())
    expect(pass.run(once)).toEqual(once)
  })
})

describe('passes', () => {
  it('drop what no output needs', () => {
    expect(opsOf(deadCodeElimination.run(example()))).toEqual(['multiply', 'multiply', 'add', 'multiply', 'add'])
  })

  it('compute equal things once', () => {
    expect(opsOf(commonSubexpressionElimination.run(example()))).toEqual(['multiply', 'add', 'relu', 'multiply', 'add'])
  })

  it('name the pass that breaks a program', () => {
    const breaking = {
      name: 'breaking',
      run: (program: TensorProgram) => ({ ...program, nodes: program.nodes.slice(1) }),
    }
    expect(() => runPasses(example(), [breaking])).toThrow(/not sound after breaking: add uses value/)
  })

  it('leave no gradient by the images in a training step: nobody wants it', () => {
    const network = leNet5({ input: { height: 28, width: 28, channels: 1 }, classes: 10 })
    const { training } = compileTraining(network, { batchSize: 2, optimizer: { type: 'sgd', momentum: 0.9 } })
    expect(opsOf(training).filter((op) => op === 'conv2dInputGradient')).toHaveLength(1)
    expect(opsOf(training).filter((op) => op === 'conv2dFilterGradient')).toHaveLength(2)
  })
})
