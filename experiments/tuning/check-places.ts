/** Whether each axis leads to a place that is there. A variant that cannot be built is for later; a misspelt path is said at once. */
import { StudioError, type Issue } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { parseValue } from '../schema/parse.ts'
import { experimentSpec } from '../spec/experiment-spec.ts'
import { applyConfiguration } from './apply-configuration.ts'
import { isNetworkPath } from './places/network-path.ts'
import type { Axis } from './space/axis.ts'
import { buildConfiguration, type Configuration, type SearchSpace } from './space/search-space.ts'

interface Base {
  readonly experiment: Record<string, unknown>
  /** Undefined where it is not known: then what is inside of it is not checked. */
  readonly document: NetworkDocument | undefined
}

const noDocument: NetworkDocument = { format: 'strata.network', version: 1, name: 'none', nodes: [], edges: [] }
/** Draws until a configuration has an axis that depends on others. */
const maxDraws = 200
const goldenRatio = 0.618_033_988_749_895

/** @param names of the axes in the order of the sweep's file, for the places of the issues */
export function checkPlaces(space: SearchSpace, names: readonly string[], base: Base): readonly Issue[] {
  const known = new Set(unknownKeys(base.experiment).map(({ path }) => path))
  return space.axes.flatMap((axis): readonly Issue[] => {
    const configuration = configurationWith(space, axis)
    if (configuration === undefined) return []
    const place = `space.${names.indexOf(axis.name)}.path`
    // Only what it depends on beside it, so that each axis is blamed for itself.
    const axes = dependedOn(space, axis).map((other): Axis => ({
      ...other,
      paths: other.paths.filter((path) => base.document !== undefined || !isNetworkPath(path)),
    }))
    try {
      const { document = noDocument } = base
      const { experiment } = applyConfiguration({ ...base, document }, { axes }, configuration)
      const unknown = unknownKeys(experiment).find(
        ({ path }) => !known.has(path) && axis.paths.some((own) => own === path || own.startsWith(`${path}.`)),
      )
      return unknown ? [{ ...unknown, path: place, message: `axis "${axis.name}": ${unknown.message}` }] : []
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      const about = error.details['path']
      if (typeof about === 'string' && !axis.paths.includes(about)) return []
      return [{ code: error.code, path: place, message: error.message }]
    }
  })
}

function unknownKeys(experiment: Record<string, unknown>): readonly Issue[] {
  const parsed = parseValue(experimentSpec, { name: 'sweep', ...experiment })
  return parsed.ok ? [] : parsed.issues.filter(({ code }) => code === 'unknown-key')
}

/** The axis, behind those that its conditions ask about. */
function dependedOn(space: SearchSpace, axis: Axis): readonly Axis[] {
  const parents = space.axes.filter(({ name }) => axis.conditions.some((condition) => condition.axis === name))
  return [...new Set([...parents.flatMap((parent) => dependedOn(space, parent)), axis])]
}

/** One in which the axis exists. */
function configurationWith(space: SearchSpace, axis: Axis): Configuration | undefined {
  for (let draw = 0; draw < maxDraws; draw++) {
    const configuration = buildConfiguration(space, (_, index) => (0.5 + draw * goldenRatio * (index + 1)) % 1)
    if (configuration[axis.name] !== undefined) return configuration
  }
  return undefined
}
