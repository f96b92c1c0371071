/**
 * Plans as flat numbers, for native code: native/src/plan.h names the same fields. A head of fixed length, then control points of the warp,
 * taps of the blur, and holes.
 */
import type { BorderMode, ImagePlan } from './image-plan.ts'
import { blurTaps } from './render-image.ts'

const headLength = 38
const borders: Readonly<Record<BorderMode, number>> = { mean: 0, black: 1, edge: 2, reflect: 3 }

/** Encodes the plans of one batch after another into memory that grows and stays. */
export class PlanEncoder {
  #values = new Float64Array(headLength * 64)
  #offsets = new Uint32Array(64)

  /**
   * @param examples place of each plan's source image
   * @param partnerOf place in the batch of what a plan is mixed with
   * @returns views that are valid until the next call
   */
  encode(
    plans: readonly ImagePlan[],
    examples: Uint32Array,
    epoch: number,
    partnerOf: (plan: ImagePlan) => number,
  ): { readonly values: Float64Array; readonly offsets: Uint32Array } {
    if (this.#offsets.length < examples.length) this.#offsets = new Uint32Array(examples.length)
    let at = 0
    for (let i = 0; i < examples.length; i++) {
      const plan = plans[i] as ImagePlan
      this.#offsets[i] = at
      at = this.#write(plan, at, examples[i] as number, epoch, plan.mix ? partnerOf(plan) : 0)
    }
    return { values: this.#values.subarray(0, at), offsets: this.#offsets.subarray(0, examples.length) }
  }

  #write(plan: ImagePlan, at: number, example: number, epoch: number, partner: number): number {
    const taps = plan.blurVariance > 0 ? blurTaps(plan.blurVariance) : undefined
    const { warp, mix, holes } = plan
    const length = headLength + (warp?.control.length ?? 0) + (taps?.length ?? 0) + 4 * holes.length
    this.#reserve(at + length)
    const values = this.#values
    values.fill(0, at, at + headLength)
    values[at] = example
    values[at + 1] = borders[plan.border]
    for (let i = 0; i < 9; i++) values[at + 2 + i] = plan.inverse[i] as number
    values[at + 11] = warp?.cells ?? 0
    values[at + 12] = taps?.length ?? 0
    if (plan.colour) {
      values[at + 13] = 1
      values.set(plan.colour, at + 14)
    }
    values[at + 26] = Math.sqrt(plan.noiseVariance)
    values[at + 27] = plan.noiseIsGrey ? 1 : 0
    values[at + 28] = epoch
    values[at + 29] = holes.length
    if (mix) {
      values[at + 30] = mix.mode === 'blend' ? 1 : 2
      values[at + 31] = mix.share
      values[at + 32] = partner
      values[at + 33] = mix.hole.top
      values[at + 34] = mix.hole.left
      values[at + 35] = mix.hole.bottom
      values[at + 36] = mix.hole.right
    }
    values[at + 37] = length
    let tail = at + headLength
    if (warp) {
      values.set(warp.control, tail)
      tail += warp.control.length
    }
    if (taps) {
      values.set(taps, tail)
      tail += taps.length
    }
    for (const { top, left, bottom, right } of holes) {
      values[tail++] = top
      values[tail++] = left
      values[tail++] = bottom
      values[tail++] = right
    }
    return tail
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return
    const larger = new Float64Array(Math.max(length, 2 * this.#values.length))
    larger.set(this.#values)
    this.#values = larger
  }
}
