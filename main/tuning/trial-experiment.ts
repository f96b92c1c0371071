/** The experiment of a trial: the base one with the values of a configuration put into it, and into its network where axes change that. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { applyConfiguration } from '../../experiments/tuning/apply-configuration.ts'
import { isNetworkPath } from '../../experiments/tuning/places/network-path.ts'
import type { Axis } from '../../experiments/tuning/space/axis.ts'
import type { Configuration, SearchSpace } from '../../experiments/tuning/space/search-space.ts'
import type { SweepSpec } from '../../experiments/tuning/sweep-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'

type ZooShape = Parameters<typeof zooNetwork>[1]

const noDocument: NetworkDocument = { format: 'strata.network', version: 1, name: 'none', nodes: [], edges: [] }

/**
 * @param shape of the dataset's images and classes, for a network of the zoo
 * @throws StudioError when a path leads nowhere, or the network is none
 */
export function trialExperiment(
  spec: SweepSpec,
  space: SearchSpace,
  configuration: Configuration,
  shape: ZooShape,
): Record<string, unknown> {
  const inSettings = withPaths(space, (path) => !isNetworkPath(path))
  const { experiment } = applyConfiguration(
    { experiment: spec.experiment, document: noDocument },
    inSettings,
    configuration,
  )
  const inNetwork = withPaths(space, isNetworkPath)
  if (inNetwork.axes.every(({ name }) => configuration[name] === undefined)) return experiment
  const base = { experiment, document: baseDocument(experiment['network'], shape) }
  const { document } = applyConfiguration(base, inNetwork, configuration)
  return { ...experiment, network: { document } }
}

function withPaths(space: SearchSpace, accepts: (path: string) => boolean): SearchSpace {
  const axes = space.axes.map((axis): Axis => ({ ...axis, paths: axis.paths.filter(accepts) }))
  return { axes: axes.filter(({ paths }) => paths.length > 0) }
}

/** The network that an experiment names, before any axis changes it. */
export function baseDocument(network: unknown, shape: ZooShape): NetworkDocument {
  const { zoo, document } = (network ?? {}) as { zoo?: unknown; document?: unknown }
  if (typeof zoo === 'string') return zooNetwork(zoo, shape)
  if (document !== undefined) return parseNetworkDocumentOrThrow(document)
  throw new StudioError('missing-value', 'experiment.network: expected {"zoo": ...} or {"document": ...}', {
    path: 'experiment.network',
  })
}
