/** What a network looks like on the chosen data: its layers, sizes and costs, and what keeps it from being trained. */
import { analyzeNetwork, type NetworkAnalysis } from '../../experiments/analysis/analyze-network.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { zooEntry } from '../../experiments/zoo/registry.ts'
import type { ZooEntry, ZooOptions } from '../../experiments/zoo/zoo-entry.ts'

export type NetworkView =
  | {
      readonly ok: true
      readonly title: string
      readonly entry: ZooEntry | null
      readonly analysis: NetworkAnalysis
      /** Type of each node of the document by its id. */
      readonly types: ReadonlyMap<string, string>
    }
  | { readonly ok: false; readonly title: string; readonly entry: ZooEntry | null; readonly error: ErrorRecord }

/** A network of the zoo, built for `size` or, without one, for its own images. */
export function viewZooNetwork(id: string, size: ZooOptions | undefined): NetworkView {
  let entry: ZooEntry | null = null
  try {
    entry = zooEntry(id)
    const options = size ?? { input: entry.input, classes: entry.classes }
    return viewOf(entry.build(options), entry.title, entry)
  } catch (fault) {
    return { ok: false, title: entry?.title ?? id, entry, error: toErrorRecord(fault) }
  }
}

/** A network that a run brought along. */
export function viewDocument(document: unknown): NetworkView {
  try {
    const parsed = parseNetworkDocumentOrThrow(document)
    return viewOf(parsed, parsed.name, null)
  } catch (fault) {
    return { ok: false, title: '', entry: null, error: toErrorRecord(fault) }
  }
}

function viewOf(document: NetworkDocument, title: string, entry: ZooEntry | null): NetworkView {
  const types = new Map(document.nodes.map(({ id, type }) => [id, type]))
  return { ok: true, title, entry, types, analysis: analyzeNetwork(document) }
}
