/** Which of a network's weights a run takes from a file, and whether they fit. */
import type { Issue } from '../../experiments/errors/studio-error.ts'
import type { LoweredNetwork } from '../../experiments/network/lower-network.ts'
import { headOf } from '../../experiments/network/new-head.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { formatShape, sameShape } from '../../experiments/ops/tensor-type.ts'
import { matchesLayer, unmatchedPatterns } from '../../experiments/spec/layer-pattern.ts'
import type { StartSpec } from '../../experiments/spec/start-spec.ts'
import { nearestName } from '../../experiments/text/nearest-name.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'

/** A weight or statistic of the network that is compiled. */
interface NetworkTensor {
  readonly name: string
  readonly node: string
  readonly shape: readonly number[]
}

export interface StartPlan {
  readonly start: StartSpec
  /** The layer that begins anew; undefined when the head is kept. */
  readonly newHead: string | undefined
}

/** Undefined for a run that begins from weights of its own. */
export function startPlanOf(
  { start }: { readonly start?: StartSpec | undefined },
  document: NetworkDocument,
): StartPlan | undefined {
  return start && { start, newHead: start.head === 'new' ? headOf(document) : undefined }
}

export function isTaken({ start, newHead }: StartPlan, node: string): boolean {
  return node !== newHead && matchesLayer(start.layers, node)
}

export function isFrozen({ start, newHead }: StartPlan, node: string): boolean {
  return node !== newHead && matchesLayer(start.freeze, node)
}

/** Every problem between a network and the weights it shall begin from. */
export function checkStart(
  network: LoweredNetwork,
  plan: StartPlan,
  tensors: readonly NamedTensor[],
): readonly Issue[] {
  const wanted: readonly NetworkTensor[] = [...network.weights, ...network.states]
  const ids = network.nodes.map(({ id }) => id)
  return [
    ...patternIssues('layers', plan.start.layers, ids),
    ...patternIssues('freeze', plan.start.freeze, ids),
    ...tensorIssues(
      wanted.filter(({ node }) => isTaken(plan, node)),
      tensors,
    ),
    ...(network.weights.some(({ node, trainable }) => trainable && !isFrozen(plan, node)) ? [] : [nothingToTrain]),
  ]
}

const nothingToTrain: Issue = {
  code: 'out-of-range',
  path: 'start.freeze',
  message: 'freezes every layer with weights: leave one free, or ask for a new head',
}

function patternIssues(field: string, patterns: 'all' | readonly string[], ids: readonly string[]): readonly Issue[] {
  return unmatchedPatterns(patterns, ids).map((pattern) => {
    const nearest = nearestName(pattern, ids)
    const message = `"${pattern}" names no layer of the network${nearest ? `; did you mean "${nearest}"?` : ''}`
    return { code: 'missing-value', path: `start.${field}`, message }
  })
}

/** At most so many are named one by one. */
const maxNamed = 20

function tensorIssues(wanted: readonly NetworkTensor[], tensors: readonly NamedTensor[]): readonly Issue[] {
  const given = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const issues = wanted.flatMap(({ name, node, shape }): readonly Issue[] => {
    const tensor = given.get(name)
    if (!tensor) {
      const message = `the weights have no ${name}: name the layers that they are for in start.layers`
      return [{ code: 'missing-value', path: 'start.weights', node, message }]
    }
    if (sameShape(tensor.shape, shape)) return []
    const message =
      `${name} has the shape ${formatShape(tensor.shape)} in the weights, but ${formatShape(shape)} in the network: ` +
      'set start.head to "new" if it is the last layer, or leave the layer out of start.layers'
    return [{ code: 'shape-mismatch', path: 'start.weights', node, message }]
  })
  return issues.slice(0, maxNamed)
}
