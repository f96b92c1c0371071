/** Finds what an evaluation names: runs with the checkpoints to look at. Runs of different data are never taken together. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { EvaluationMember } from '../../experiments/evaluation/evaluation-record.ts'
import type { RunQueue } from '../queue/run-queue.ts'
import type { StoredCheckpoint } from '../store/checkpoint-table.ts'
import type { Store } from '../store/open-store.ts'
import type { InspectedRun } from './inspector-protocol.ts'

interface RunPlace {
  readonly store: Store
  readonly queue: RunQueue
}

/** @throws StudioError `run-not-found`, `file-not-found` without such a checkpoint, `different-datasets` */
export function inspectedRuns(members: readonly EvaluationMember[], place: RunPlace): InspectedRun[] {
  const [first, ...others] = members.map(({ run }) => dataOf(run, place))
  for (const other of others) if (first) assertSameData(first, other)
  const runs = members.map((member) => inspectedRun(member, place))
  const seen = new Set<string>()
  for (const { run, checkpoint } of runs) {
    const key = `${run} ${checkpoint.sha256}`
    if (seen.has(key)) {
      throw new StudioError('out-of-range', `run ${run}, epoch ${checkpoint.epoch} is named twice; name it once`, {
        run,
      })
    }
    seen.add(key)
  }
  return runs
}

/** @throws StudioError `run-not-found`, or `file-not-found` without such a checkpoint */
export function inspectedRun({ run, epoch }: EvaluationMember, { store, queue }: RunPlace): InspectedRun {
  const { name, network, seed, best } = store.runs.get(run)
  const checkpoint = chooseCheckpoint(run, store.checkpoints.list(run), epoch, best?.epoch)
  const { file, sha256, step } = checkpoint
  const { spec, document } = store.runs.experiment(run)
  return {
    ...{ name, network, seed },
    ...dataOf(run, { store }),
    document,
    inputSize: spec.data.inputSize ?? null,
    checkpoint: { folder: queue.checkpointFolder(run), file, sha256, step, epoch: checkpoint.epoch },
  }
}

/** The asked epoch, else the best one, else the newest. */
function chooseCheckpoint(
  run: number,
  checkpoints: readonly StoredCheckpoint[],
  epoch: number | undefined,
  best: number | undefined,
): StoredCheckpoint {
  const ofEpoch = (wanted: number | undefined) => checkpoints.find((checkpoint) => checkpoint.epoch === wanted)
  const chosen = epoch === undefined ? (ofEpoch(best) ?? checkpoints[0]) : ofEpoch(epoch)
  if (chosen) return chosen
  const kept = checkpoints.map((checkpoint) => checkpoint.epoch).join(', ')
  const message =
    checkpoints.length === 0
      ? `run ${run} has no checkpoint yet; one is written at the end of each epoch`
      : `run ${run} has no checkpoint of epoch ${epoch}; it has those of ${kept}`
  throw new StudioError('file-not-found', message, { run, kept: checkpoints.map((checkpoint) => checkpoint.epoch) })
}

type RunData = Pick<InspectedRun, 'run' | 'dataset' | 'fingerprint'>

/** @throws StudioError `run-not-found` */
function dataOf(run: number, { store }: Pick<RunPlace, 'store'>): RunData {
  const { dataset } = store.runs.get(run)
  return { run, dataset, fingerprint: store.runs.environment(run)?.datasetFingerprint ?? null }
}

function assertSameData(a: RunData, b: RunData): void {
  const same =
    a.fingerprint !== null && b.fingerprint !== null ? a.fingerprint === b.fingerprint : a.dataset === b.dataset
  if (same) return
  const text = ({ run, dataset, fingerprint }: RunData): string =>
    `run ${run} on "${dataset}"${fingerprint === null ? '' : ` (${fingerprint.slice(0, 12)})`}`
  throw new StudioError(
    'different-datasets',
    `runs can be taken together only on the same test images: ${text(a)}, but ${text(b)}`,
    { runs: [a.run, b.run], datasets: [a.dataset, b.dataset] },
  )
}
