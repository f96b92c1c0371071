/**
 * Blocks that a document defines, as block definitions. Their parameters are those of nodes inside that the document exposes. A block
 * that contains itself, or nests too deep, has no definition; that is reported once, at the block.
 */
import type { Issue, JsonObject } from '../errors/studio-error.ts'
import type { ParamKind, ParamTable } from '../layers/params/param-kind.ts'
import { readParams } from '../layers/read-params.ts'
import { checkGraph, type TypeLookup } from '../network/check-graph.ts'
import type { NetworkDocument, NetworkGraph, OwnBlock, OwnBlockParam } from '../network/network-document.ts'
import type { BlockDefinition } from './define-block.ts'
import type { NodeType } from './node-types.ts'

/** Blocks inside of blocks inside of blocks. */
export const maxDepth = 16

export class OwnBlocks {
  private readonly table: ReadonlyMap<string, OwnBlock>
  private readonly types: TypeLookup & { isTaken(id: string): boolean }
  private readonly depths = new Map<string, number>()
  private readonly made = new Map<string, NodeType>()

  constructor(table: NonNullable<NetworkDocument['blocks']>, types: TypeLookup & { isTaken(id: string): boolean }) {
    this.table = new Map(Object.entries(table))
    this.types = types
  }

  get ids(): readonly string[] {
    return [...this.table.keys()]
  }

  has(id: string): boolean {
    return this.table.has(id)
  }

  /** To be called before `of`: finds the blocks that have no definition. */
  check(): readonly Issue[] {
    const issues: Issue[] = []
    for (const id of this.ids) this.measure(id, [], issues)
    for (const [id, block] of this.table) issues.push(...this.checkBlock(id, block))
    return issues
  }

  of(id: string): NodeType | undefined {
    const block = this.table.get(id)
    if (!block || !((this.depths.get(id) ?? Infinity) <= maxDepth)) return undefined
    const made = this.made.get(id)
    if (made) return made
    const definition = this.define(id, block)
    const type: NodeType = { ...definition, block: definition }
    this.made.set(id, type)
    return type
  }

  /** How deep blocks nest in a block: 1 when there are none; infinite when it contains itself. */
  private measure(id: string, path: readonly string[], issues: Issue[]): number {
    const known = this.depths.get(id)
    if (known !== undefined) return known
    if (path.includes(id)) {
      const circle = [...path.slice(path.indexOf(id)), id].join(' > ')
      issues.push(problem(id, `contains itself (${circle}): a block cannot be inside of itself`))
      return Infinity
    }
    const inner = this.table.get(id)?.nodes.filter((node) => this.table.has(node.type)) ?? []
    const depths = inner.map((node) => this.measure(node.type, [...path, id], issues))
    const depth = 1 + Math.max(0, ...depths)
    this.depths.set(id, depth)
    if (depth === maxDepth + 1) issues.push(problem(id, `nests deeper than ${maxDepth} blocks in blocks: unpack some`))
    return depth
  }

  private checkBlock(id: string, block: OwnBlock): readonly Issue[] {
    const taken = this.types.isTaken(id)
      ? [problem(id, `"${id}" is already the id of a layer or block of the studio: choose another`)]
      : []
    const ports = [...doubled(block.inputs), ...doubled(block.outputs)].map((name) =>
      problem(id, `two of its ports are called "${name}": rename one`),
    )
    const { issues } = checkGraph(block, this.types, { place: `blocks.${id}.`, ports: block })
    const params = Object.entries(block.params ?? {}).flatMap(([name, param]) => this.checkParam(id, name, param))
    return [...taken, ...ports, ...issues, ...params]
  }

  private checkParam(id: string, name: string, { sets }: OwnBlockParam): readonly Issue[] {
    const block = this.table.get(id)
    const kinds = sets.map(({ node, param }) => block && this.kindOf(block, node, param))
    return sets.flatMap(({ node, param }, i) => {
      const path = `params.${name}.sets.${i}`
      if (!kinds[i]) return [problem(id, `there is no parameter "${param}" of a node "${node}" to set`, path)]
      if (kinds[i].form.kind === kinds[0]?.form.kind) return []
      return [problem(id, `"${param}" of ${node} is of another kind than the others that "${name}" sets`, path)]
    })
  }

  private define(id: string, block: OwnBlock): BlockDefinition {
    const { title, summary = '', inputs, outputs } = block
    const params = this.paramTable(block)
    const expand = (values: JsonObject) => withParams(block, params, values)
    return {
      ...{ id, version: 1, category: 'own', title, summary, inputs, outputs, params },
      ...{ usesShapes: false, variants: [], expand },
    }
  }

  private paramTable(block: OwnBlock): ParamTable {
    const entries = Object.entries(block.params ?? {}).flatMap(([name, { label, sets }]) => {
      const [first] = sets
      const kind = first && this.kindOf(block, first.node, first.param)
      return kind ? [[name, { ...kind, ...(label !== undefined && { label }) }] as const] : []
    })
    return Object.fromEntries(entries)
  }

  /** The kind of a parameter inside, with what it is set to as its default. */
  private kindOf(block: OwnBlock, nodeId: string, param: string): ParamKind | undefined {
    const node = block.nodes.find((candidate) => candidate.id === nodeId)
    const type = node && this.types.of(node.type)
    if (!type || !Object.hasOwn(type.params, param)) return undefined
    const kind = type.params[param]
    const { params } = readParams(type, node.params ?? {}, node.version ?? 1, '', node.id)
    return kind && { ...kind, default: params[param] ?? kind.default }
  }
}

function withParams(block: OwnBlock, table: ParamTable, values: JsonObject): NetworkGraph {
  const changes = new Map<string, Record<string, JsonObject[string]>>()
  for (const [name, { sets }] of Object.entries(block.params ?? {})) {
    const kind = table[name]
    const value = values[name]
    if (!kind || value === undefined) continue
    for (const { node, param } of sets) changes.set(node, { ...changes.get(node), [param]: kind.write(value) })
  }
  if (changes.size === 0) return block
  const nodes = block.nodes.map((node) => {
    const changed = changes.get(node.id)
    return changed ? { ...node, params: { ...node.params, ...changed } } : node
  })
  return { nodes, edges: block.edges }
}

function doubled(ports: readonly { readonly name: string }[]): readonly string[] {
  const names = ports.map(({ name }) => name)
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))]
}

function problem(id: string, message: string, field?: string): Issue {
  return { code: 'network-structure', path: `blocks.${id}${field === undefined ? '' : `.${field}`}`, message }
}
