/**
 * Size and silhouette of every network of the zoo for its own images. Analysing all of them takes longer than a frame, so they are made one at
 * a time while the window is idle, and once.
 */
import { analyzeNetwork } from '../../../experiments/analysis/analyze-network.ts'
import { zooEntries } from '../../../experiments/zoo/registry.ts'
import type { ZooEntry } from '../../../experiments/zoo/zoo-entry.ts'
import { drawMiniature, type Silhouette } from './silhouette.ts'

export interface ZooSummary {
  readonly params: number
  readonly miniature: Silhouette
}

class ZooSummaries {
  #made: ReadonlyMap<string, ZooSummary> = $state.raw(new Map())
  #waiting: ZooEntry[] | undefined

  get(id: string): ZooSummary | undefined {
    return this.#made.get(id)
  }

  start(): void {
    if (this.#waiting) return
    this.#waiting = [...zooEntries]
    requestIdleCallback(this.#makeSome)
  }

  readonly #makeSome = (deadline: IdleDeadline): void => {
    const made = new Map(this.#made)
    do {
      const entry = this.#waiting?.shift()
      if (!entry) break
      const { params, layers } = analyzeNetwork(entry.build({ input: entry.input, classes: entry.classes }))
      made.set(entry.id, { params, miniature: drawMiniature(layers) })
    } while (deadline.timeRemaining() > 5)
    this.#made = made
    if (this.#waiting && this.#waiting.length > 0) requestIdleCallback(this.#makeSome)
  }
}

export const zooSummaries = new ZooSummaries()
