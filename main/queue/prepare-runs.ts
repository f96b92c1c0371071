/**
 * Checks many experiments before they are queued together. A sweep of learning rates or seeds is thousands that share a network and data: what does
 * not depend on their differences is worked out once. The service answers others meanwhile.
 */
import { setImmediate } from 'node:timers/promises'
import { parseExperimentSpec, type ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { runsATurn } from './in-turns.ts'
import { prepareRun, type PreparationPlace, type PreparedRun } from './prepare-run.ts'

/** @throws StudioError as `prepareRun`, for the first that cannot be trained */
export async function prepareRuns(experiments: Iterable<unknown>, place: PreparationPlace): Promise<PreparedRun[]> {
  const prepared: PreparedRun[] = []
  const known = new Map<string, PreparedRun>()
  let inTurn = 0
  for (const json of experiments) {
    const spec = parseExperimentSpec(json)
    const like = JSON.stringify(whatIsChecked(spec))
    const alike = known.get(like)
    if (alike) prepared.push({ ...alike, run: { ...alike.run, spec: withStartOf(alike, spec) } })
    else {
      const first = await prepareRun(spec, place)
      known.set(like, first)
      prepared.push(first)
    }
    inTurn = alike ? inTurn + 1 : runsATurn
    if (inTurn < runsATurn) continue
    inTurn = 0
    await setImmediate()
  }
  return prepared
}

/** All but what neither the check nor the plan of a run looks at. */
function whatIsChecked({ name: _name, seed: _seed, train, ...rest }: ExperimentSpec): object {
  const { learningRate: _rate, schedule: _schedule, weightDecay: _decay, ...trained } = train
  return { ...rest, train: trained }
}

/** The weights it starts from are pinned by their checksum, as those of the run that was prepared. */
function withStartOf({ run }: PreparedRun, spec: ExperimentSpec): ExperimentSpec {
  return run.spec.start ? { ...spec, start: run.spec.start } : spec
}
