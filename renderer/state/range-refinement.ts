/**
 * Finer points for what a zoomed chart shows, where the snapshot of a run had to leave some out. One question at a time; where the view has
 * moved on meanwhile, the next question is about where it is now.
 */
import type { MetricSeries } from '../../experiments/runs/metric.ts'
import { fineRange, type StepRange } from '../charts/step-range.ts'

export interface RefinementPorts {
  /** Whether the snapshot has every point, so that there are no finer ones. */
  readonly isWhole: () => boolean
  readonly ask: (range: StepRange) => Promise<readonly MetricSeries[]>
  /** Shows finer points in the place of others; false when they are out of date. */
  readonly take: (fine: readonly MetricSeries[]) => boolean
  /** Back to the points of the snapshot. */
  readonly drop: () => void
}

export class RangeRefinement {
  readonly #ports: RefinementPorts
  #zoom: StepRange | null = null
  /** The range of which there are finer points. */
  #fine: StepRange | null = null
  #isAsking = false

  constructor(ports: RefinementPorts) {
    this.#ports = ports
  }

  /** The steps in sight; null is everything. */
  show(zoom: StepRange | null): void {
    this.#zoom = zoom
    if (zoom === null) {
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
      for (let range = this.#missing(); range !== null; range = this.#missing()) {
        const fine = await this.#ports.ask(range)
        // Zoomed out while it was on its way; or a snapshot is, which asks again.
        if (this.#zoom === null || !this.#ports.take(fine)) break
        this.#fine = range
      }
    } catch {
      // The coarse curve stays; a lost connection loads everything anew, and then asks again.
    } finally {
      this.#isAsking = false
    }
  }

  /** The range to ask for; null when what is there is fine enough. */
  #missing(): StepRange | null {
    return this.#zoom === null || this.#ports.isWhole() ? null : fineRange(this.#zoom, this.#fine)
  }
}
