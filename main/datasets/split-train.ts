/**
 * Which training examples an experiment trains on and which it holds out for validation. Both are stratified: each class keeps its
 * share, by largest remainder. Within a class the order is a random permutation of the seed, and limit and validation take its
 * beginning, so a larger limit contains the smaller one.
 */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { permutation } from '../../experiments/random/counter-random.ts'

export interface SplitRequest {
  /** Label of each training example. */
  readonly labels: Uint16Array
  /** Share held out, 0 to below 1. A class with a single example keeps it for training. */
  readonly validationShare: number
  /** Examples taken before the share is set aside. Default: all. */
  readonly limit?: number | undefined
  readonly seed: number
  /** When given, training must have at least one whole batch. */
  readonly batchSize?: number | undefined
}

/** Positions in the training split, ascending; the two have nothing in common. */
export interface TrainSplit {
  readonly train: Uint32Array
  readonly validation: Uint32Array
}

/** Throws `out-of-range` with the key of the experiment in `details.path` when a part would be empty or lack a class. */
export function splitTrain(request: SplitRequest): TrainSplit {
  const { labels, validationShare, seed } = request
  const limit = request.limit ?? labels.length
  const classes = examplesByClass(labels)
  if (!Number.isInteger(limit) || limit < 1 || limit > labels.length) {
    throw outOfRange('data.limit', `expected an integer from 1 to ${labels.length}, the training examples`, limit)
  }
  if (limit < classes.length) {
    const problem = `leaves a class without any example: expected at least ${classes.length}, one for each class`
    throw outOfRange('data.limit', problem, limit)
  }
  if (!(validationShare >= 0 && validationShare < 1)) {
    throw outOfRange('data.validation', 'expected a share from 0 to below 1', validationShare)
  }
  const orders = classes.map((examples, i) => shuffled(examples, seed, i))
  const taken = atLeastOne(proportionalQuotas(orders.map(lengthOf), limit))
  const wanted = proportionalQuotas(taken, Math.round(limit * validationShare))
  const held = wanted.map((quota, i) => Math.min(quota, (taken[i] as number) - 1))
  const validation = collect(orders.map((order, i) => order.subarray(0, held[i])))
  const train = collect(orders.map((order, i) => order.subarray(held[i], taken[i])))
  if (validationShare > 0 && validation.length === 0) {
    const problem = `holds out none of ${limit} examples: raise it, raise data.limit, or set it to 0`
    throw outOfRange('data.validation', problem, validationShare)
  }
  if (request.batchSize !== undefined && request.batchSize > train.length) {
    const rest = `the ${train.length} examples left to train on (${limit} less ${validation.length} for validation)`
    throw outOfRange('train.batchSize', `expected at most ${rest}`, request.batchSize)
  }
  return { train, validation }
}

/**
 * Divides `total` in proportion to `counts` (total <= their sum): floors first, then one more for the largest remainders, the
 * earlier one in a tie. Integer arithmetic throughout.
 */
export function proportionalQuotas(counts: readonly number[], total: number): number[] {
  const sum = counts.reduce((a, b) => a + b, 0)
  const quotas = counts.map((count) => Math.floor((total * count) / sum))
  const remainders = counts.map((count, i) => ({ i, remainder: (total * count) % sum }))
  const left = total - quotas.reduce((a, b) => a + b, 0)
  remainders.sort((a, b) => b.remainder - a.remainder || a.i - b.i)
  for (const { i } of remainders.slice(0, left)) quotas[i]! += 1
  return quotas
}

/** Raises empty quotas to one at the cost of the largest. */
function atLeastOne(quotas: number[]): number[] {
  quotas.forEach((quota, i) => {
    if (quota > 0) return
    const largest = quotas.indexOf(Math.max(...quotas))
    quotas[largest]! -= 1
    quotas[i] = 1
  })
  return quotas
}

/** Positions of each class that occurs, in label order. */
function examplesByClass(labels: Uint16Array): Uint32Array[] {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const filled = new Map<number, number>()
  const byClass = new Map([...counts].sort(([a], [b]) => a - b).map(([label, n]) => [label, new Uint32Array(n)]))
  labels.forEach((label, position) => {
    const at = filled.get(label) ?? 0
    ;(byClass.get(label) as Uint32Array)[at] = position
    filled.set(label, at + 1)
  })
  return [...byClass.values()]
}

function shuffled(examples: Uint32Array, seed: number, classPosition: number): Uint32Array {
  return permutation(seed, 'data/split', classPosition, examples.length).map((i) => examples[i] as number)
}

function collect(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all.sort()
}

function lengthOf(examples: Uint32Array): number {
  return examples.length
}

function outOfRange(path: string, problem: string, value: number): StudioError {
  return new StudioError('out-of-range', `${path}: ${value}: ${problem}`, { path, value })
}
