/** The passes that every program goes through before an engine sees it. What only one engine gains from is done by that engine. */
import type { TensorProgram } from '../../../experiments/ops/program.ts'
import { commonSubexpressionElimination } from './common-subexpression-elimination.ts'
import { deadCodeElimination } from './dead-code-elimination.ts'
import { runPasses } from './pass.ts'
import { reluBehindMaxPool } from './relu-behind-max-pool.ts'

export function optimizeProgram(program: TensorProgram): TensorProgram {
  return runPasses(program, [commonSubexpressionElimination, deadCodeElimination, reluBehindMaxPool])
}
