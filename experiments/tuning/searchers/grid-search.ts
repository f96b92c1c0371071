/** Every combination of the axes' grid values, once; branches of conditions that do not hold are visited once as well. */
import { configurationKey, isActive, type Configuration, type SearchSpace } from '../space/search-space.ts'
import type { JsonValue } from '../../errors/studio-error.ts'
import type { Searcher } from './searcher.ts'

/** Takes the first combination that no trial has. The last axis changes fastest. */
export const gridSearch: Searcher = {
  suggest: ({ space, history }) => {
    const tried = new Set(history.map(({ configuration }) => configurationKey(configuration)))
    for (const configuration of gridOf(space)) if (!tried.has(configurationKey(configuration))) return configuration
    return undefined
  },
}

export function* gridOf(space: SearchSpace, from = 0, values: Configuration = {}): Generator<Configuration> {
  const axis = space.axes[from]
  if (axis === undefined) yield values
  else if (!isActive(axis, values)) yield* gridOf(space, from + 1, values)
  else {
    for (const position of axis.grid) {
      const value: JsonValue = axis.valueAt(position)
      yield* gridOf(space, from + 1, { ...values, [axis.name]: value })
    }
  }
}
