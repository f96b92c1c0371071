/** Runs of one configuration: the same network, data and settings, whatever the seed and the name. */
import { createHash } from 'node:crypto'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import type { Store } from '../store/open-store.ts'

/** Equal for experiments that differ in nothing but seed and name. A branch is another configuration than a run from the beginning. */
export function configurationHash(spec: ExperimentSpec, document: unknown): string {
  const { name: _name, seed: _seed, network: _network, ...rest } = spec
  return createHash('sha256').update(JSON.stringify(rest)).update(JSON.stringify(document)).digest('hex').slice(0, 16)
}

/** Finished runs of the configuration of `run`, itself among them. @throws StudioError `run-not-found` */
export function seedSiblings(store: Store, run: number): RunSummary[] {
  const own = store.runs.get(run)
  const { spec, document } = store.runs.experiment(run)
  const hash = configurationHash(spec, document)
  const candidates = store.runs.list().filter(({ id, network, dataset }) => {
    return id === run || (network === own.network && dataset === own.dataset)
  })
  return candidates.filter((candidate) => {
    if (candidate.id === run) return true
    if (candidate.status !== 'finished' || candidate.review.archived || isBranch(candidate) !== isBranch(own)) {
      return false
    }
    const other = store.runs.experiment(candidate.id)
    return configurationHash(other.spec, other.document) === hash
  })
}

function isBranch({ review }: RunSummary): boolean {
  return review.parent !== null
}
