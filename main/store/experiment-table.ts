/** What runs train: specification and network, each stored once however many runs share it. */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { configurationHash } from './configuration-hash.ts'
import { oneOf } from './row-sets.ts'
import type { RunResult, SqlConnection } from './sql-connection.ts'

export interface NewExperiment {
  readonly spec: ExperimentSpec
  readonly document: JsonObject
  /** Title of the network. */
  readonly network: string
}

type Insert = [hash: string, spec: string, document: string, network: string, createdAt: number, configuration: string]

export class ExperimentTable {
  private readonly connection: SqlConnection
  private readonly insert: (...row: Insert) => RunResult

  constructor(connection: SqlConnection) {
    this.connection = connection
    this.insert = connection.statement(
      'INSERT INTO experiments (hash, spec, document, network, created_at, configuration) VALUES (?, ?, ?, ?, ?, ?)',
    )
  }

  /**
   * Returns their ids, in their order; what is new is stored. An experiment without a run is seen nowhere, so that many can be kept some at a time
   * before their runs are added at once.
   */
  keep(experiments: readonly NewExperiment[]): number[] {
    const written = writtenOut(experiments)
    const stored = this.connection.build
      .selectFrom('experiments')
      .select(['id', 'hash'])
      .where('hash', 'in', oneOf(written.map(({ hash }) => hash)))
    return this.connection.transaction(() => {
      const known = new Map(this.connection.all(stored).map(({ id, hash }) => [hash, id]))
      return written.map(({ hash, spec, document, experiment }) => {
        const configuration = () => configurationHash(experiment.spec, document)
        const id =
          known.get(hash) ?? this.insert(hash, spec, document, experiment.network, Date.now(), configuration()).lastId
        known.set(hash, id)
        return id
      })
    })
  }
}

/** Experiments that differ in their seeds share one document, which is written out once. */
function writtenOut(experiments: readonly NewExperiment[]) {
  const documents = new Map<JsonObject, string>()
  return experiments.map((experiment) => {
    const spec = JSON.stringify(experiment.spec)
    const document = documents.get(experiment.document) ?? JSON.stringify(experiment.document)
    documents.set(experiment.document, document)
    const hash = createHash('sha256').update(spec).update('\n').update(document).digest('hex')
    return { hash, spec, document, experiment }
  })
}
