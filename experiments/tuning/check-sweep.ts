/** Everything that can be said against a sweep before it begins, beside what its experiment gets told. */
import type { Issue } from '../errors/studio-error.ts'
import { makeScheduler } from './make-searcher.ts'
import { compileSpace, type SearchSpace } from './space/search-space.ts'
import type { SweepSpec } from './sweep-spec.ts'

export type CheckedSweep =
  { readonly ok: true; readonly space: SearchSpace } | { readonly ok: false; readonly issues: readonly Issue[] }

/** @param maxEpochs of the experiment; undefined where it does not say */
export function checkSweep(spec: SweepSpec, maxEpochs: number | undefined): CheckedSweep {
  const compiled = compileSpace(spec.space)
  const issues: Issue[] = compiled.ok ? [] : [...compiled.issues]
  const { fidelity, budget, objectives } = spec
  const problem = (path: string, message: string) => issues.push({ code: 'out-of-range', path, message })
  const metrics = objectives.map(({ metric }) => metric)
  if (new Set(metrics).size < metrics.length) problem('objectives', 'a metric is named twice; leave one out')
  const lead = metrics[0]
  if (spec.untilTarget && spec.target === undefined) {
    problem('untilTarget', 'names no accuracy to reach: put "target" beside it, such as 0.9')
  }
  if (fidelity.type !== 'none' && lead !== 'accuracy' && lead !== 'loss') {
    problem(
      'objectives.0.metric',
      `"${lead}" is the same or only grows along a training, so trials cannot be compared early by it; put accuracy or loss first, or set fidelity to none`,
    )
  }
  if (maxEpochs !== undefined) {
    if ('minEpochs' in fidelity && fidelity.minEpochs >= maxEpochs) {
      problem(
        'fidelity.minEpochs',
        `expected less than ${maxEpochs}, the epochs of the experiment: else there is no rung before the end; got ${fidelity.minEpochs}`,
      )
    } else {
      const first = makeScheduler(fidelity, maxEpochs).rungsOf(0)[0] ?? maxEpochs
      if ((budget.epochs ?? first) < first) {
        problem('budget.epochs', `expected at least ${first}, the epochs of one trial; got ${budget.epochs}`)
      }
    }
  }
  if (!compiled.ok || issues.length > 0) return { ok: false, issues }
  return { ok: true, space: compiled.space }
}
