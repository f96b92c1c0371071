/** Whether a network is complete, its shapes fit, and it suits a dataset: the size of its images and the number of classes. */
import type { Issue } from '../errors/studio-error.ts'
import { lowerNetwork, type ImageSize, type LoweredNetwork } from './lower-network.ts'
import type { NetworkDocument } from './network-document.ts'
import type { ResolvedNode } from './resolve-network.ts'

export interface DatasetShape {
  readonly input: ImageSize
  readonly classes: number
}

/** Every problem that stands in the way of training; warnings included. */
export function checkNetwork(document: NetworkDocument, dataset?: DatasetShape): readonly Issue[] {
  const network = lowerNetwork(document, { mode: 'training', batch: 1 })
  return dataset ? [...network.issues, ...checkDataset(network, dataset)] : network.issues
}

/** The problems of a lowered network with a dataset. */
export function checkDataset(network: LoweredNetwork, { input, classes }: DatasetShape): readonly Issue[] {
  return [...checkImageSize(network, input), ...checkClasses(network, classes)]
}

function checkImageSize(network: LoweredNetwork, { height, width, channels }: ImageSize): readonly Issue[] {
  const entrance = network.nodes.find((node) => node.layer.category === 'input')
  if (!entrance || !network.images) return []
  const [, ownChannels, ownHeight, ownWidth] = network.images.type.shape
  if (ownChannels === channels && ownHeight === height && ownWidth === width) return []
  const message =
    `takes images of ${ownHeight}x${ownWidth}x${ownChannels} (height, width, channels), but the dataset has ` +
    `${height}x${width}x${channels}: set the input to that size`
  return [{ code: 'shape-mismatch', path: `nodes.${entrance.id}.params`, node: entrance.id, message }]
}

/** Whether every classifier has one score for each of `classes`. */
export function checkClasses(network: LoweredNetwork, classes: number): readonly Issue[] {
  const { logits, head, auxiliaryHeads } = network
  const main = head && logits ? [{ node: head, logits }] : []
  return [...main, ...auxiliaryHeads].flatMap(({ node, logits: scores }) => {
    const outputs = scores.type.shape[1] ?? 0
    return outputs === classes ? [] : [classMismatch(network, node, outputs, classes)]
  })
}

function classMismatch(network: LoweredNetwork, head: ResolvedNode, outputs: number, classes: number): Issue {
  const last = lastSizedNode(network, head)
  const advice = last ? `set ${last.field} of ${last.id} to ${classes}` : `make the network end in ${classes} scores`
  const message = `the network ends in ${outputs} scores, but there are ${classes} classes: ${advice}`
  const place = last ?? { id: head.id, field: undefined }
  return {
    code: 'class-mismatch',
    path: place.field === undefined ? `nodes.${place.id}` : `nodes.${place.id}.params.${place.field}`,
    node: place.id,
    message,
    ...(place.field !== undefined && { field: place.field }),
  }
}

/** The last node before the classifier that sets its own number of features, and the parameter with which it does. */
export function lastSizedNode(
  { nodes, head }: LoweredNetwork,
  classifier: ResolvedNode | undefined = head,
): { readonly id: string; readonly field: string } | undefined {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  let at = byId.get(classifier?.inputs[0]?.node ?? '')
  while (at && at.layer.featuresParam === undefined) at = byId.get(at.inputs[0]?.node ?? '')
  const field = at?.layer.featuresParam
  return at && field !== undefined ? { id: at.id, field } : undefined
}
