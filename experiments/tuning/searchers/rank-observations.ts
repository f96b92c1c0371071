/**
 * Puts trials in order, best first. One objective: whole trainings by their loss, then shorter ones, those that came further first. Several:
 * by fronts of non-domination, inside a front by crowding distance (Deb et al.: NSGA-II, 2002).
 */
import type { Observation } from './searcher.ts'

/** Failed ones last; running ones are left out. */
export function rankObservations(history: readonly Observation[]): readonly Observation[] {
  const measured = history.filter((trial) => hasLosses(trial) && trial.state !== 'failed')
  const failed = history.filter(({ state }) => state === 'failed')
  const objectives = measured[0]?.losses?.length ?? 1
  return [...(objectives > 1 ? rankByFronts(measured) : rankByLoss(measured)), ...failed]
}

export function hasLosses(trial: Observation): trial is Observation & { readonly losses: readonly number[] } {
  return trial.losses !== null && trial.losses.every((loss) => Number.isFinite(loss))
}

function rankByLoss(trials: readonly Observation[]): readonly Observation[] {
  const rung = (trial: Observation) => (trial.state === 'complete' ? Number.POSITIVE_INFINITY : trial.resource)
  const loss = (trial: Observation) => trial.losses?.[0] ?? Number.POSITIVE_INFINITY
  return trials.toSorted((a, b) => {
    const further = rung(b) - rung(a)
    return (Number.isNaN(further) ? 0 : further) || loss(a) - loss(b) || a.number - b.number
  })
}

function rankByFronts(trials: readonly Observation[]): readonly Observation[] {
  let rest = [...trials]
  const ranked: Observation[] = []
  while (rest.length > 0) {
    const front = rest.filter((a) => !rest.some((b) => dominates(b.losses ?? [], a.losses ?? [])))
    const crowding = crowdingDistances(front.map(({ losses }) => losses ?? []))
    const order = front.map((trial, i) => ({ trial, crowding: crowding[i] ?? 0 }))
    order.sort((a, b) => b.crowding - a.crowding || a.trial.number - b.trial.number)
    ranked.push(...order.map(({ trial }) => trial))
    rest = rest.filter((trial) => !front.includes(trial))
  }
  return ranked
}

/** Nowhere worse and somewhere better. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= (b[i] ?? 0)) && a.some((value, i) => value < (b[i] ?? 0))
}

function crowdingDistances(points: readonly (readonly number[])[]): readonly number[] {
  const distances = points.map(() => 0)
  for (let objective = 0; objective < (points[0]?.length ?? 0); objective++) {
    const at = (i: number) => points[i]?.[objective] ?? 0
    const order = points.map((_, i) => i).toSorted((a, b) => at(a) - at(b))
    const span = at(order.at(-1) ?? 0) - at(order[0] ?? 0) || 1
    order.forEach((point, place) => {
      const [before, after] = [order[place - 1], order[place + 1]]
      distances[point] =
        (distances[point] ?? 0) +
        (before === undefined || after === undefined ? Number.POSITIVE_INFINITY : (at(after) - at(before)) / span)
    })
  }
  return distances
}
