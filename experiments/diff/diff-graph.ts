/**
 * A network as a diff sees it: nodes with complete parameters and what feeds them, at one of two levels. `layers` has blocks expanded, so
 * that what computes is compared; `nodes` is what the person drew, where a block is one node and its repetition a parameter.
 */
import { analyzeNetwork, type NetworkAnalysis } from '../analysis/analyze-network.ts'
import { NodeTypes } from '../blocks/node-types.ts'
import type { JsonObject } from '../errors/studio-error.ts'
import type { ParamTable } from '../layers/params/param-kind.ts'
import { checkGraph, type CheckedNode } from '../network/check-graph.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { resolveNetwork } from '../network/resolve-network.ts'
import type { OutputRef } from '../network/wire-graph.ts'

export type DiffLevel = 'layers' | 'nodes'

/** What a layer or block costs for one example. */
export interface NodeCost {
  readonly params: number
  readonly macs: number
  readonly activationBytes: number
}

export interface DiffNode {
  readonly id: string
  /** What the person calls it. */
  readonly title: string
  /** Id of the layer or block. */
  readonly type: string
  /** Title of the layer or block. */
  readonly typeTitle: string
  readonly category: string
  /** Complete, defaults included. */
  readonly params: JsonObject
  readonly table: ParamTable
  /** Per input, the output that feeds it. */
  readonly inputs: readonly OutputRef[]
  /** Without the batch; empty while it does not fit. */
  readonly outputShape: readonly number[]
  readonly cost: NodeCost
}

export interface DiffGraph {
  /** Sources first. Nodes on cycles and of unknown type are left out. */
  readonly nodes: readonly DiffNode[]
  readonly analysis: NetworkAnalysis
}

export function diffGraph(document: NetworkDocument, level: DiffLevel): DiffGraph {
  const analysis = analyzeNetwork(document)
  const nodes = level === 'layers' ? layerNodes(document, analysis) : drawnNodes(document, analysis)
  return { nodes, analysis }
}

const noCost: NodeCost = { params: 0, macs: 0, activationBytes: 0 }

function layerNodes(document: NetworkDocument, { layers }: NetworkAnalysis): DiffNode[] {
  const measured = new Map(layers.map((layer) => [layer.id, layer]))
  return resolveNetwork(document).nodes.map(({ id, title, layer, params, inputs }) => ({
    ...{ id, title, params, type: layer.id, typeTitle: layer.title, category: layer.category, table: layer.params },
    inputs: inputs.filter((input) => input !== undefined),
    outputShape: measured.get(id)?.outputShape ?? [],
    cost: costOf(measured.get(id)),
  }))
}

function drawnNodes(document: NetworkDocument, { layers, blocks }: NetworkAnalysis): DiffNode[] {
  const measured = new Map([...layers, ...blocks].map((part) => [part.id, part]))
  const { nodes, wired } = checkGraph(document, NodeTypes.of(document))
  return wired.flatMap(({ id, inputs }): DiffNode[] => {
    const checked = nodes.get(id)
    if (!checked) return []
    const { type, title } = checked
    return [
      {
        ...{ id, title, type: type.id, typeTitle: type.title, category: categoryOf(checked), table: type.params },
        params: { ...checked.params, ...repeatParams(checked) },
        inputs: inputs.filter((input) => input !== undefined),
        outputShape: measured.get(id)?.outputShape ?? [],
        cost: costOf(measured.get(id)),
      },
    ]
  })
}

function categoryOf({ type }: CheckedNode): string {
  return 'layer' in type ? type.layer.category : 'block'
}

/** Repetition belongs to the node; to who compares, it is one more parameter. */
function repeatParams({ node: { repeat } }: CheckedNode): JsonObject {
  if (!repeat) return {}
  return { repeat: repeat.times, ...(repeat.firstStride !== undefined && { firstStride: repeat.firstStride }) }
}

function costOf(measured: NodeCost | undefined): NodeCost {
  if (!measured) return noCost
  return { params: measured.params, macs: measured.macs, activationBytes: measured.activationBytes }
}
