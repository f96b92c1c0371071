/**
 * Puts numbers in the place of expressions: a parameter `"=2*width"` becomes 128 where the document says `width` is 64. A pure pass before
 * blocks are expanded; a document without expressions comes back as it is, and equal blocks come back as the same object.
 */
import type { Issue, JsonObject, JsonValue } from '../errors/studio-error.ts'
import { evaluateExpression } from '../expressions/evaluate-expression.ts'
import type { NetworkDocument, NetworkNode } from './network-document.ts'

export interface AppliedVariables {
  readonly document: NetworkDocument
  /** Expressions that have no value; their parameters keep their defaults. */
  readonly issues: readonly Issue[]
}

type Variables = Readonly<Record<string, number>>
type Blocks = NonNullable<NetworkDocument['blocks']>
interface AppliedBlocks {
  readonly blocks: Blocks
  readonly issues: readonly Issue[]
}

const none: Variables = {}
const appliedBlocks = new WeakMap<Blocks, WeakMap<Variables, AppliedBlocks>>()

export function isExpression(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.startsWith('=')
}

export function applyVariables(document: NetworkDocument): AppliedVariables {
  const variables = document.variables ?? none
  const issues: Issue[] = []
  const nodes = applyToNodes(document.nodes, variables, '', issues)
  const inner = document.blocks && applyToBlocks(document.blocks, variables)
  if (inner) issues.push(...inner.issues)
  if (nodes === document.nodes && inner?.blocks === document.blocks) return { document, issues }
  return { document: { ...document, nodes, ...(inner && { blocks: inner.blocks }) }, issues }
}

/** The document's own blocks with numbers for their expressions; the same object for the same blocks and variables. */
export function blocksWithValues({ blocks, variables = none }: NetworkDocument): Blocks | undefined {
  return blocks && applyToBlocks(blocks, variables).blocks
}

/** The node with numbers for its expressions; those without a value are left out. */
export function nodeWithValues(node: NetworkNode, variables: Variables = none): NetworkNode {
  return applyToNode(node, variables, '', [])
}

function applyToBlocks(blocks: Blocks, variables: Variables): AppliedBlocks {
  const known = appliedBlocks.get(blocks)?.get(variables)
  if (known) return known
  const issues: Issue[] = []
  const entries = Object.entries(blocks).map(([id, block]) => {
    const nodes = applyToNodes(block.nodes, variables, `blocks.${id}.`, issues)
    return [id, nodes === block.nodes ? block : { ...block, nodes }] as const
  })
  const changed = entries.some(([id, block]) => block !== blocks[id])
  const applied = { blocks: changed ? Object.fromEntries(entries) : blocks, issues }
  const byVariables = appliedBlocks.get(blocks) ?? new WeakMap<Variables, AppliedBlocks>()
  appliedBlocks.set(blocks, byVariables.set(variables, applied))
  return applied
}

function applyToNodes(
  nodes: readonly NetworkNode[],
  variables: Variables,
  place: string,
  issues: Issue[],
): readonly NetworkNode[] {
  const applied = nodes.map((node) => applyToNode(node, variables, place, issues))
  return applied.some((node, i) => node !== nodes[i]) ? applied : nodes
}

function applyToNode(node: NetworkNode, variables: Variables, place: string, issues: Issue[]): NetworkNode {
  const { params } = node
  if (!params || !Object.values(params).some(holdsExpression)) return node
  const entries = Object.entries(params).flatMap(([name, value]): readonly (readonly [string, JsonValue])[] => {
    const applied = applyToValue(value, variables)
    if (applied.ok) return [[name, applied.value]]
    issues.push({
      code: 'wrong-type',
      path: `${place}nodes.${node.id}.params.${name}`,
      message: `${JSON.stringify(applied.text)} ${applied.message}`,
      field: name,
      ...(place === '' && { node: node.id }),
    })
    return []
  })
  const result: JsonObject = Object.fromEntries(entries)
  return { ...node, params: result }
}

function holdsExpression(value: JsonValue): boolean {
  return isExpression(value) || (Array.isArray(value) && (value as readonly JsonValue[]).some(isExpression))
}

type Applied =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly text: string; readonly message: string }

function applyToValue(value: JsonValue, variables: Variables): Applied {
  if (isExpression(value)) {
    const text = value.slice(1)
    const evaluated = evaluateExpression(text, variables)
    return evaluated.ok ? evaluated : { ...evaluated, text }
  }
  if (!Array.isArray(value)) return { ok: true, value }
  const items: JsonValue[] = []
  for (const item of value as readonly JsonValue[]) {
    const applied = applyToValue(item, variables)
    if (!applied.ok) return applied
    items.push(applied.value)
  }
  return { ok: true, value: items }
}
