/** A pass turns a program into an equal one that is cheaper to run. Programs are verified before and after each. */
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { verifyProgram } from '../../../experiments/ops/verify-program.ts'

export interface Pass {
  readonly name: string
  run(program: TensorProgram): TensorProgram
}

/** Runs `passes` in order; a program that a pass leaves unsound is a fault that names the pass. */
export function runPasses(program: TensorProgram, passes: readonly Pass[]): TensorProgram {
  verifyProgram(program, 'lowering')
  return passes.reduce((current, pass) => {
    const next = pass.run(current)
    verifyProgram(next, pass.name)
    return next
  }, program)
}
