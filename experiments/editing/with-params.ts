/** A node with these parameters and no others. */
import type { JsonObject } from '../errors/studio-error.ts'
import type { NetworkNode } from '../network/network-document.ts'

export function withParams({ params: _, ...node }: NetworkNode, params: JsonObject): NetworkNode {
  return Object.keys(params).length === 0 ? node : { ...node, params }
}
