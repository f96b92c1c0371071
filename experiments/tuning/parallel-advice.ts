/**
 * How many trials of a sweep should train at a time. A small network does not fill the cores: two trainings with half of the threads each then get
 * through more images than one with all of them. So the rate of one training is measured with all threads, with half, with a quarter,
 * and a larger number is advised only where it clearly pays and the cores are free.
 */
import { z } from 'zod'

const count = z.int().min(1)

export const parallelAdvice = z.object({
  parallel: count,
  /**
   * `gains`: more at a time get through more images. `fills`: one training fills the cores. `busy`: other programs have them. `few-cores`: there
   * is nothing to share. `other-device`: the sweep does not train on the processor. `unmeasured`: no measurement came about.
   */
  reason: z.enum(['gains', 'fills', 'busy', 'few-cores', 'other-device', 'unmeasured']),
  cores: count,
  /** Cores that nobody used just now; null where that was not asked. */
  idleCores: z.number().min(0).nullable(),
  /** Images a second of so many trainings together, by what one of them reached with its part of the threads. */
  rates: z.array(z.object({ parallel: count, imagesPerSecond: z.number().min(0) })),
  /** Images that a trial trains on in an epoch. */
  imagesPerEpoch: count,
})
export type ParallelAdvice = z.infer<typeof parallelAdvice>

/** As many as a sweep may have. */
const mostParallel = 8
/** More at a time learn less from each other and need more memory, so it must pay. */
const leastGain = 1.25
/** A core of which so much is free is free. */
const idleShare = 0.7

/** 1, 2, 4, 8 as far as each training still has a core. */
export function parallelCandidates(cores: number): readonly number[] {
  return [1, 2, 4, mostParallel].filter((parallel) => parallel <= cores)
}

export function threadsOfEach(cores: number, parallel: number): number {
  return Math.max(1, Math.floor(cores / parallel))
}

/**
 * Seconds until the first of so many trials at a time has trained to its first rung, without compiling and looking at held-out images; undefined
 * where that was not measured.
 */
export function secondsToFirstAnswer(advice: ParallelAdvice, parallel: number, epochs: number): number | undefined {
  const rate = advice.rates.find((one) => one.parallel === parallel)?.imagesPerSecond ?? 0
  return rate > 0 ? (epochs * advice.imagesPerEpoch * parallel) / rate : undefined
}

/** @param rates of one training with the threads that each of `parallelCandidates` leaves it; undefined where they were not measured */
export function adviseParallel(
  { cores, idleCores, imagesPerEpoch }: { cores: number; idleCores: number; imagesPerEpoch: number },
  rates: readonly number[] | undefined,
): ParallelAdvice {
  const candidates = parallelCandidates(cores)
  const one = { parallel: 1, cores, idleCores, imagesPerEpoch, rates: [] }
  if (candidates.length < 2) return { ...one, reason: 'few-cores' }
  if (idleCores < idleShare * cores) return { ...one, reason: 'busy' }
  if (rates === undefined) return { ...one, reason: 'unmeasured' }
  const together = candidates.map((parallel, i) => ({ parallel, imagesPerSecond: parallel * (rates[i] ?? 0) }))
  const best = together.reduce((chosen, next) =>
    next.imagesPerSecond >= leastGain * chosen.imagesPerSecond ? next : chosen,
  )
  const reason = best.parallel > 1 ? 'gains' : 'fills'
  return { ...one, parallel: best.parallel, reason, rates: together }
}
