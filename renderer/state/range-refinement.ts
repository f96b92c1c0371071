/**
 * Finer points for what a zoomed or logarithmic chart shows, where the snapshot of a run had to leave some out. One question at a time; where the view has
 * moved on meanwhile, the next question is about where it is now.
 */
import type { MetricSeries } from '../../experiments/runs/metric.ts'
import { linearAxis, logAxis } from '../charts/axis-shape.ts'
import { fineRange, type StepRange } from '../charts/step-range.ts'

/** The steps that a chart shows, and whether it has most room for the first of them. */
export interface StepsInSight {
  readonly steps: StepRange
  readonly isLog: boolean
}

export interface RefinementPorts {
  /** Whether the snapshot has every point, so that there are no finer ones. */
  readonly isWhole: () => boolean
  readonly ask: (sight: StepsInSight) => Promise<readonly MetricSeries[]>
  /** Shows finer points in the place of others; false when they are out of date. */
  readonly take: (fine: readonly MetricSeries[]) => boolean
  /** Back to the points of the snapshot. */
  readonly drop: () => void
}

export class RangeRefinement {
  readonly #ports: RefinementPorts
  #sight: StepsInSight | null = null
  /** Of what there are finer points. */
  #fine: StepsInSight | null = null
  #isAsking = false

  constructor(ports: RefinementPorts) {
    this.#ports = ports
  }

  /** What is in sight; null is everything along an even axis. */
  show(sight: StepsInSight | null): void {
    this.#sight = sight
    if (sight === null) {
      this.#fine = null
      this.#ports.drop()
    } else void this.#refine()
  }

  /** Another snapshot is on its way, without finer points. */
  forget(): void {
    this.#fine = null
  }

  /** The other snapshot is there. */
  renew(): void {
    void this.#refine()
  }

  async #refine(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      for (let missing = this.#missing(); missing !== null; missing = this.#missing()) {
        const fine = await this.#ports.ask(missing)
        // Zoomed out while it was on its way; or a snapshot is, which asks again.
        if (this.#sight === null || !this.#ports.take(fine)) break
        this.#fine = missing
      }
    } catch {
      // The coarse curve stays; a lost connection loads everything anew, and then asks again.
    } finally {
      this.#isAsking = false
    }
  }

  /** What to ask for; null when what is there is fine enough. */
  #missing(): StepsInSight | null {
    if (this.#sight === null || this.#ports.isWhole()) return null
    const { steps, isLog } = this.#sight
    const known = this.#fine?.isLog === isLog ? this.#fine.steps : null
    const missing = fineRange(steps, known, isLog ? logAxis : linearAxis)
    return missing && { steps: missing, isLog }
  }
}
