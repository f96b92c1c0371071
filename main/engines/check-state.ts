/** Whether a state suits a compiled network, before an engine copies it anywhere. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { elementCount, formatShape } from '../../experiments/ops/tensor-type.ts'
import type { StateTensor } from '../compiler/compiled-training.ts'
import type { TrainingState } from '../compiler/initialise-weights.ts'

/** @throws StudioError `missing-value`, `unknown-key` or `shape-mismatch`, naming the tensor */
export function checkState(tensors: readonly StateTensor[], state: TrainingState): void {
  for (const { name, shape } of tensors) {
    const values = state.get(name)
    if (!values)
      throw new StudioError(
        'missing-value',
        `the state has no tensor ${name}: it belongs to another network or optimizer`,
        { name },
      )
    if (values.length !== elementCount(shape)) {
      throw new StudioError(
        'shape-mismatch',
        `${name} has ${values.length} values, but its shape ${formatShape(shape)} takes ${elementCount(shape)}`,
        { name },
      )
    }
  }
  const known = new Set(tensors.map((tensor) => tensor.name))
  const extra = [...state.keys()].find((name) => !known.has(name))
  if (extra !== undefined)
    throw new StudioError('unknown-key', `the state holds ${extra}, which this network has not`, { name: extra })
}
