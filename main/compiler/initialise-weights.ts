/**
 * The state a run begins with. Each tensor is drawn from a stream of its own, named after it: adding or removing a layer leaves the
 * initial weights of all others as they were.
 */
import { initializers } from '../../experiments/layers/initializers.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { counterRandom, type CounterRandom } from '../../experiments/random/counter-random.ts'
import type { DrawnStart, StateTensor } from './compiled-training.ts'
import { orthogonalRows } from './orthogonal-rows.ts'

/** All values of the state, row-major float32, by name. */
export type TrainingState = ReadonlyMap<string, Float32Array>

/** @param seed of the experiment, from 0 to 2^32 - 1 */
export function initialState(state: readonly StateTensor[], seed: number): TrainingState {
  return new Map(
    state.map(({ name, shape, start }) => [
      name,
      'fill' in start
        ? new Float32Array(elementCount(shape)).fill(start.fill)
        : drawValues(shape, start, counterRandom({ seed, purpose: `weights/${name}` })),
    ]),
  )
}

function drawValues(shape: readonly number[], start: DrawnStart, random: CounterRandom): Float32Array {
  const { gain = 1 } = start
  const initializer = initializers[start.initializer]
  const size = initializer.scale(start)
  const values = new Float32Array(elementCount(shape))
  const fill = (draw: () => number) => {
    for (let i = 0; i < values.length; i++) values[i] = gain * draw()
    return values
  }
  switch (initializer.distribution) {
    case 'constant':
      return values.fill(gain * size)
    case 'uniform': {
      const limit = Math.sqrt(3 * size)
      return fill(() => limit * (2 * random.uniform() - 1))
    }
    case 'normal': {
      const deviation = Math.sqrt(size)
      return fill(() => deviation * random.normal())
    }
    case 'truncated-normal': {
      const deviation = Math.sqrt(size)
      return fill(() => deviation * truncatedNormal(random))
    }
    case 'orthogonal':
      return orthogonalRows(shape[0] ?? 1, values.length / (shape[0] ?? 1), random).map((value) => gain * value)
  }
}

function truncatedNormal(random: CounterRandom): number {
  let drawn = random.normal()
  while (Math.abs(drawn) > 2) drawn = random.normal()
  return drawn
}
