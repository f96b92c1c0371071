/**
 * Further seeds for those configurations that can still win. The noise between seeds is pooled over all configurations that have several; one
 * stays in the race while its mean is within two standard errors of the best. Maron, Moore: Hoeffding Races, NIPS 1994, with the normal
 * distribution in place of Hoeffding's bound.
 */

export interface Racer {
  readonly trial: number
  /** Losses of its whole seeds. */
  readonly losses: readonly number[]
  /** Seeds that were begun, whole or not. */
  readonly begun: number
}

const width = 2

/** Standard deviation between seeds of one configuration; undefined where none has two. */
export function seedDeviation(samples: readonly (readonly number[])[]): number | undefined {
  let [squares, freedom] = [0, 0]
  for (const losses of samples) {
    if (losses.length < 2) continue
    const mean = meanOf(losses)
    squares += losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0)
    freedom += losses.length - 1
  }
  return freedom === 0 ? undefined : Math.sqrt(squares / freedom)
}

/** The trial that gets the next seed; undefined when the race is decided or everyone has all of them. Without any noise known yet, the best two. */
export function nextRacer(racers: readonly Racer[], seeds: number): number | undefined {
  const ranked = racers
    .filter(({ losses }) => losses.length > 0)
    .toSorted((a, b) => meanOf(a.losses) - meanOf(b.losses) || a.trial - b.trial)
  const [best] = ranked
  if (best === undefined) return undefined
  const deviation = seedDeviation(racers.map(({ losses }) => losses))
  const inRace = ranked.filter((racer, place) => {
    if (deviation === undefined) return place < 2
    const error = deviation * Math.sqrt(1 / racer.losses.length + 1 / best.losses.length)
    return racer === best || meanOf(racer.losses) - meanOf(best.losses) <= width * error
  })
  if (inRace.length < 2) return undefined
  const open = inRace.filter(({ begun }) => begun < seeds)
  return open.toSorted((a, b) => a.begun - b.begun)[0]?.trial
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
