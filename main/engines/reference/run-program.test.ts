import { describe, expect, it } from 'vitest'
import { ops } from '../../../experiments/ops/registry.ts'
import { verifyProgram } from '../../../experiments/ops/verify-program.ts'
import { inputsOf, opCases, programOf } from './op-cases.fixture.ts'
import { referenceKernels, runProgram } from './run-program.ts'

describe('the op set', () => {
  it('has a reference kernel and a test case for every op, and no kernel without an op', () => {
    const names = ops.map((op) => op.name).toSorted()
    expect([...referenceKernels.keys()].toSorted()).toEqual(names)
    const covered = new Set(opCases.map((opCase) => opCase.op))
    // It takes x and y = maxPool2d(x): tested through maxPool2d, whose gradient it is.
    covered.add('maxPool2dGradient')
    expect(names.filter((name) => !covered.has(name))).toEqual([])
  })

  it('has unique names', () => {
    expect(new Set(ops.map((op) => op.name)).size).toBe(ops.length)
  })

  it.each(opCases)('makes the shape it declares: $title', (opCase) => {
    const program = programOf(opCase)
    verifyProgram(program, 'building')
    // runProgram compares the shape of every kernel's result with the declared one.
    expect(runProgram(program, inputsOf(opCase)).size).toBe(program.outputs.length)
  })
})
