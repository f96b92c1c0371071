/**
 * One series of a run in growing columns: steps, values and their smoothed twin. Plain typed arrays outside of any reactivity, so that two
 * hundred points a second cost an append each. Smoothing is the exponential moving average with the correction for its start,
 * s_n = (w s_{n-1} + (1 - w) x_n), shown as s_n / (1 - w^n), as in Adam (Kingma & Ba 2015).
 */
import { indexAtOrBefore } from './index-at-or-before.ts'

export class CurveColumns {
  #steps = new Float64Array(256)
  #values = new Float64Array(256)
  #smoothed = new Float64Array(256)
  #length = 0
  #weight = 0
  #average = 0
  #decay = 1

  get length(): number {
    return this.#length
  }

  get lastStep(): number {
    return this.#steps[this.#length - 1] ?? -Infinity
  }

  get lastValue(): number | undefined {
    return this.#length === 0 ? undefined : this.#values[this.#length - 1]
  }

  /** Views on the columns; they are stale after the next append. */
  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length)
  }
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }
  get smoothed(): Float64Array {
    return this.#smoothed.subarray(0, this.#length)
  }

  /** Adds a point behind all others; one at or before the last step is there already and is left out. Returns whether it was added. */
  append(step: number, value: number): boolean {
    if (step <= this.lastStep) return false
    if (this.#length === this.#steps.length) this.#grow()
    this.#steps[this.#length] = step
    this.#values[this.#length] = value
    this.#smoothed[this.#length] = this.#smooth(value)
    this.#length++
    return true
  }

  clear(): void {
    this.#length = 0
    this.#average = 0
    this.#decay = 1
  }

  /** `weight` from 0 (none) to below 1. */
  setSmoothing(weight: number): void {
    if (weight === this.#weight) return
    this.#weight = weight
    this.#average = 0
    this.#decay = 1
    for (let i = 0; i < this.#length; i++) this.#smoothed[i] = this.#smooth(this.#values[i] ?? 0)
  }

  /** Index of the last point at or before `step`; -1 when there is none. */
  indexAtOrBefore(step: number): number {
    return indexAtOrBefore(this.steps, step)
  }

  #smooth(value: number): number {
    this.#average = this.#weight * this.#average + (1 - this.#weight) * value
    this.#decay *= this.#weight
    return this.#average / (1 - this.#decay)
  }

  #grow(): void {
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(column.length * 2)
      larger.set(column)
      return larger
    }
    this.#steps = grown(this.#steps)
    this.#values = grown(this.#values)
    this.#smoothed = grown(this.#smoothed)
  }
}
