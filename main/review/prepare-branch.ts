/** A branch: the experiment of a run with some settings changed, to be continued from one of its checkpoints. */
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { StudioError, type JsonValue } from '../../experiments/errors/studio-error.ts'
import { parseExperimentSpec, type ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { setPath } from '../../experiments/spec/set-path.ts'
import type { EngineSurvey } from '../engines/survey/engine-survey.ts'
import { prepareRun } from '../queue/prepare-run.ts'
import type { StoredCheckpoint } from '../store/checkpoint-table.ts'
import type { Store } from '../store/open-store.ts'
import type { StoredParent } from '../store/review-table.ts'
import type { NewRun } from '../store/run-table.ts'

export interface BranchRequest {
  readonly run: number
  /** The last epoch that is taken over. */
  readonly epoch: number
  readonly set: readonly { readonly path: string; readonly value: JsonValue }[]
}

export interface PreparedBranch {
  readonly run: NewRun
  readonly parent: StoredParent
  /** Id of the checkpoint, to be kept. */
  readonly checkpoint: number
  readonly dataset: DatasetRecord
}

/** @throws StudioError with all problems of the changed experiment, or `file-not-found` with the epochs that have a checkpoint */
export async function prepareBranch(
  { run, epoch, set }: BranchRequest,
  place: { readonly store: Store; readonly home: string; readonly engines: EngineSurvey },
): Promise<PreparedBranch> {
  const { store, home, engines } = place
  const { name } = store.runs.get(run)
  const { spec: original } = store.runs.experiment(run)
  const checkpoint = checkpointOf(store.checkpoints.list(run), run, epoch)
  const named = { ...original, name: `${name}, from epoch ${epoch}`.slice(0, 200) }
  const changed = parseExperimentSpec(set.reduce<unknown>((json, { path, value }) => setPath(json, path, value), named))
  if (changed.train.epochs <= epoch) throw nothingLeft(changed, epoch)
  const weightsOfRun = (): never => {
    throw new StudioError('usage', 'a branch has its weights from its checkpoint: leave start.weights as it is')
  }
  const prepared = await prepareRun(changed, { home, engines, weightsOfRun })
  const keepsSchedule = JSON.stringify(changed.train.schedule) === JSON.stringify(original.train.schedule)
  return { ...prepared, checkpoint: checkpoint.id, parent: { run, epoch, step: checkpoint.step, keepsSchedule } }
}

/** The one at the end of the epoch where there are several. */
function checkpointOf(checkpoints: readonly StoredCheckpoint[], run: number, epoch: number): StoredCheckpoint {
  const found = checkpoints.findLast((checkpoint) => checkpoint.epoch === epoch)
  if (found) return found
  const epochs = [...new Set(checkpoints.map((checkpoint) => checkpoint.epoch))].toSorted((a, b) => a - b)
  const advice =
    epochs.length === 0 ? 'it has none yet' : `it has ${epochs.map((known) => `epoch ${known}`).join(', ')}`
  throw new StudioError('file-not-found', `run ${run} has no checkpoint of epoch ${epoch}; ${advice}`, { run, epochs })
}

function nothingLeft({ train: { epochs } }: ExperimentSpec, epoch: number): StudioError {
  return new StudioError(
    'out-of-range',
    `train.epochs: expected more than ${epoch}, the epoch that the branch begins from; got ${epochs}: ` +
      `add a change like train.epochs=${epoch + 5}`,
    { path: 'train.epochs' },
  )
}
