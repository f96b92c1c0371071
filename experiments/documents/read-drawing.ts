/**
 * Reads a network that may be half drawn: open ends, values out of range and shapes that do not fit are for the editor to show. What the
 * editor could not show, or would lose on saving, is refused: another format, a newer version, unknown layers and keys.
 */
import type { ErrorCode } from '../errors/error-codes.ts'
import { issuesError, StudioError, type Issue } from '../errors/studio-error.ts'
import { networkDocumentSchema, type NetworkDocument } from '../network/network-document.ts'
import { resolveNetwork } from '../network/resolve-network.ts'
import { parseValue } from '../schema/parse.ts'

/** Problems that somebody who draws can see and mend. */
const mendable: ReadonlySet<ErrorCode> = new Set([
  'network-structure',
  'network-cycle',
  'shape-mismatch',
  'out-of-range',
  'wrong-type',
  'too-large',
])

const newestFormat = 1

/**
 * @param json already parsed JSON
 * @param what names the file in messages
 * @throws StudioError with all problems in `details.issues`
 */
export function readDrawing(json: unknown, what: string): NetworkDocument {
  requireFormat(json, what, { format: 'strata.network', title: 'a network' })
  const parsed = parseValue(networkDocumentSchema, json)
  if (!parsed.ok) throw issuesError(what, parsed.issues)
  const document: NetworkDocument = parsed.value
  const problems = [...equalIds(document), ...fatalIssues(document)]
  if (problems.length > 0) throw issuesError(what, problems)
  return document
}

/** @throws StudioError when it is of another kind, or of a newer version */
export function requireFormat(
  json: unknown,
  what: string,
  expected: { readonly format: string; readonly title: string },
): void {
  const { format, version } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (format !== expected.format) {
    const received = typeof format === 'string' ? `the format "${format}"` : 'something else'
    throw new StudioError(
      'wrong-type',
      `${what}: expected ${expected.title} of Strata ("format": "${expected.format}"), got ${received}`,
    )
  }
  if (typeof version === 'number' && version > newestFormat) {
    throw new StudioError(
      'unsupported-version',
      `${what}: written by a newer version of Strata (format ${version}; this one reads up to ${newestFormat}); update Strata to open it`,
      { version },
    )
  }
}

/** What the editor could not show. */
export function fatalIssues(document: NetworkDocument): readonly Issue[] {
  return resolveNetwork(document).issues.filter(({ code, severity }) => severity !== 'warning' && !mendable.has(code))
}

/** Nodes are told apart by their ids; two of the same could not be drawn. */
function equalIds({ nodes }: NetworkDocument): readonly Issue[] {
  const seen = new Set<string>()
  return nodes.flatMap(({ id }): readonly Issue[] => {
    const isNew = !seen.has(id)
    seen.add(id)
    if (isNew) return []
    return [{ code: 'network-structure', path: `nodes.${id}`, node: id, message: 'two nodes have this id: rename one' }]
  })
}
