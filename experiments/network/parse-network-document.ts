/** Reads a network document from outside: its form, its layers and parameters, its edges. All problems are collected. */
import { issuesError } from '../errors/studio-error.ts'
import { parseValue, type Parsed } from '../schema/parse.ts'
import { networkDocumentSchema, type NetworkDocument } from './network-document.ts'
import { resolveNetwork } from './resolve-network.ts'

/**
 * A document that parses can be opened in the editor. Whether it is complete and its shapes fit is for `lowerNetwork` to say: a
 * half-drawn network must open too.
 * @param json already parsed JSON; for text use `parseJson`, which limits its size and depth
 */
export function parseNetworkDocument(json: unknown): Parsed<NetworkDocument> {
  const parsed = parseValue(networkDocumentSchema, json)
  if (!parsed.ok) return parsed
  const document: NetworkDocument = parsed.value
  const issues = resolveNetwork(document).issues.filter((issue) => issue.severity !== 'warning')
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: document }
}

/** As `parseNetworkDocument`, but throws one StudioError with all issues; `what` names the file. */
export function parseNetworkDocumentOrThrow(json: unknown, what = 'network'): NetworkDocument {
  const parsed = parseNetworkDocument(json)
  if (parsed.ok) return parsed.value
  throw issuesError(what, parsed.issues)
}
