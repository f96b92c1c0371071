/** The best configuration at full length: a new run that goes on from the last checkpoint of a trial. */
import { StudioError, type JsonValue } from '../../experiments/errors/studio-error.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { StudioParts } from '../procedures/studio-parts.ts'
import { prepareBranch } from '../review/prepare-branch.ts'

/** Without `epochs`, as far as the sweep's file says: three times its trials, or `fullEpochs`. */
export async function branchTrial(
  request: { readonly sweep: number; readonly trial: number; readonly epochs?: number | undefined },
  { store, queue, home, engines }: Pick<StudioParts, 'store' | 'queue' | 'home' | 'engines'>,
): Promise<RunSummary> {
  const { spec, facts, name } = store.sweeps.get(request.sweep)
  const trial = store.sweeps.trials(request.sweep).find(({ number }) => number === request.trial)
  if (trial === undefined || trial.run === null) {
    const message = `sweep ${request.sweep} has no trial ${request.trial} that was trained; "strata sweep show ${request.sweep}" lists them`
    throw new StudioError('run-not-found', message, { ...request, epochs: request.epochs ?? null })
  }
  const last = store.checkpoints.list(trial.run)[0]
  if (last === undefined) {
    throw new StudioError('file-not-found', `trial ${request.trial} has no checkpoint yet`, { run: trial.run })
  }
  const epochs = request.epochs ?? spec.fullEpochs ?? 3 * facts.maxEpochs
  const set: { path: string; value: JsonValue }[] = [
    { path: 'train.epochs', value: epochs },
    { path: 'name', value: `${name} #${request.trial}, ${epochs} epochs`.slice(0, 200) },
  ]
  const prepared = await prepareBranch({ run: trial.run, epoch: last.epoch, set }, { store, home, engines })
  store.datasets.remember(prepared.dataset)
  store.checkpoints.pin(prepared.checkpoint)
  return queue.enqueue(prepared.run, {}, prepared.parent)
}
