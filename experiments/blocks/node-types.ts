/** What the `type` of a node can name: a layer, a block of the studio, or a block that the document defines. */
import type { Issue } from '../errors/studio-error.ts'
import type { LayerDefinition, Port } from '../layers/define-layer.ts'
import type { ParamOwner } from '../layers/read-params.ts'
import { layers } from '../layers/registry.ts'
import { blocksWithValues } from '../network/apply-variables.ts'
import type { TypeLookup } from '../network/check-graph.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { nearestName } from '../text/nearest-name.ts'
import type { BlockDefinition } from './define-block.ts'
import { OwnBlocks } from './own-blocks.ts'
import { blocks } from './registry.ts'

export type NodeType = ParamOwner & {
  readonly id: string
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
} & ({ readonly layer: LayerDefinition } | { readonly block: BlockDefinition })

const studioTypes: ReadonlyMap<string, NodeType> = new Map<string, NodeType>([
  ...layers.map((layer) => [layer.id, { ...layer, layer }] as const),
  ...blocks.map((block) => [block.id, { ...block, block }] as const),
])

export class NodeTypes implements TypeLookup {
  /** Problems of the document's own blocks. */
  readonly issues: readonly Issue[]
  private readonly own: OwnBlocks

  private constructor(ownBlocks: NonNullable<NetworkDocument['blocks']>) {
    this.own = new OwnBlocks(ownBlocks, {
      of: (type) => this.of(type),
      unknownMessage: (type) => this.unknownMessage(type),
      isTaken: (id) => studioTypes.has(id),
    })
    this.issues = this.own.check()
  }

  /** Made once for each set of own blocks: documents are never changed in place. */
  static of({ blocks: ownBlocks = noBlocks }: NetworkDocument): NodeTypes {
    const made = cache.get(ownBlocks) ?? new NodeTypes(ownBlocks)
    cache.set(ownBlocks, made)
    return made
  }

  /** Of a document whose blocks may hold expressions: the defaults of their settings are numbers. */
  static ofDrawn(document: NetworkDocument): NodeTypes {
    return NodeTypes.of({ ...document, blocks: blocksWithValues(document) })
  }

  of(type: string): NodeType | undefined {
    return studioTypes.get(type) ?? this.own.of(type)
  }

  unknownMessage(type: string): string | undefined {
    if (this.own.has(type)) return undefined
    const nearest = nearestName(type, [...studioTypes.keys(), ...this.own.ids])
    return `there is no layer or block "${type}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`
  }
}

const noBlocks = {}
const cache = new WeakMap<object, NodeTypes>()
