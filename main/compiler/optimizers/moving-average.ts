/** Exponential moving averages, of which the adaptive optimizers consist. */
import { add } from '../../../experiments/ops/add.ts'
import { constant } from '../../../experiments/ops/constant.ts'
import { multiply } from '../../../experiments/ops/multiply.ts'
import type { OpEmitter, Value } from '../../../experiments/ops/program.ts'

/** share average + (1 - share) newest. */
export function movingAverage(b: OpEmitter, average: Value, newest: Value, share: number): Value {
  return add(b, multiply(b, average, constant(b, share)), multiply(b, newest, constant(b, 1 - share)))
}
