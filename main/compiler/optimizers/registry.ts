/** Every optimizer. A new one is one file, one line here, and its parameters in experiments/spec/optimizer-spec.ts. */
import type { OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import { adam } from './adam.ts'
import { adamw } from './adamw.ts'
import type { Optimizer } from './optimizer.ts'
import { rmsprop } from './rmsprop.ts'
import { sgd } from './sgd.ts'

const optimizers = { sgd, rmsprop, adam, adamw } satisfies {
  readonly [Type in OptimizerSpec['type']]: Optimizer<Extract<OptimizerSpec, { type: Type }>>
}

/** The one for `spec`, which is also what its functions then take. */
export function optimizerFor(spec: OptimizerSpec): Optimizer {
  return optimizers[spec.type]
}
