/**
 * Places of a network as paths: `network.variables.NAME`, and of a node `network.nodes.ID.params.NAME`, `.type` or `.repeat.times`; of a node
 * inside of a block that the document defines, `network.blocks.BLOCK.nodes.ID...`. Ids may hold dots, so the ends of a path are matched.
 */
export type NetworkPath =
  | { readonly kind: 'variable'; readonly name: string }
  | {
      readonly kind: 'param' | 'type' | 'times'
      /** The document's block that it is inside of; null for the network itself. */
      readonly block: string | null
      readonly node: string
      /** Of a parameter; empty for type and times. */
      readonly param: string
    }

const variable = /^network\.variables\.(?<name>[A-Za-z_]\w*)$/
const nodeField =
  /^network\.(?:blocks\.(?<block>.+?)\.)?nodes\.(?<node>.+?)\.(?:params\.(?<param>[\w-]+)|(?<type>type)|repeat\.times)$/

/** Whether a path leads into the network: to something that is changed in its document. */
export function isNetworkPath(path: string): boolean {
  return /^network\.(?:nodes|blocks|variables)\./.test(path)
}

/** Undefined for what is no place of a network. */
export function parseNetworkPath(path: string): NetworkPath | undefined {
  const name = variable.exec(path)?.groups?.['name']
  if (name !== undefined) return { kind: 'variable', name }
  const groups = nodeField.exec(path)?.groups
  if (groups === undefined) return undefined
  const { block = null, node = '', param = '', type } = groups
  return { kind: param !== '' ? 'param' : type !== undefined ? 'type' : 'times', block, node, param }
}

export function variablePath(name: string): string {
  return `network.variables.${name}`
}

/** What the paths of a node begin with. @param block null for the network itself */
export function nodePath(block: string | null, node: string): string {
  return `network.${block === null ? '' : `blocks.${block}.`}nodes.${node}`
}
