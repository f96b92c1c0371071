/** What makes two experiments seeds of one configuration: the same network, data and settings, whatever the seed and the name. */
import { createHash } from 'node:crypto'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'

/** @param document the network as JSON */
export function configurationHash(spec: ExperimentSpec, document: string): string {
  const { name: _name, seed: _seed, network: _network, ...rest } = spec
  return createHash('sha256').update(JSON.stringify(rest)).update(document).digest('hex').slice(0, 16)
}
