/** What can be put on the canvas: saved blocks, layers, blocks of the studio, blocks of the document; by group, and found by a few letters. */
import { NodeTypes } from '../../../../experiments/blocks/node-types.ts'
import { blocks } from '../../../../experiments/blocks/registry.ts'
import { layers } from '../../../../experiments/layers/registry.ts'
import { inferOutputs } from '../../../../experiments/network/infer-shapes.ts'
import { defaultParams } from '../../../../experiments/layers/read-params.ts'
import type { SavedBlockRecord } from '../../../../experiments/documents/saved-block.ts'
import type { NetworkDocument } from '../../../../experiments/network/network-document.ts'
import type { TensorType } from '../../../../experiments/ops/tensor-type.ts'
import type { Messages } from '../../../i18n/en.ts'
import { titleOf } from '../canvas/type-titles.ts'

export interface PaletteEntry {
  readonly type: string
  readonly title: string
  readonly summary: string
  /** Key of its group in the words of the palette. */
  readonly group: string
  readonly category: string
  readonly search: string
  readonly hasInput: boolean
  readonly hasOutput: boolean
  /** The block of the palette that it is, which has no type before it is in the document. */
  readonly saved?: SavedBlockRecord
}

/** Stands for the type of a saved block in lists and drags. */
const savedType = (id: number): string => `saved:${id}`

/** Id of the saved block that such a type names. */
export function savedIdOf(type: string): number | undefined {
  const [, id] = /^saved:(\d+)$/.exec(type) ?? []
  return id === undefined ? undefined : Number(id)
}

export function paletteEntries(
  own: NetworkDocument['blocks'],
  saved: readonly SavedBlockRecord[],
  t: Messages,
): readonly PaletteEntry[] {
  const known = [
    ...layers.map((layer) => ({ ...layer, group: layer.category })),
    ...blocks.map((block) => ({
      ...block,
      group: block.category === 'convolution' ? 'blocks' : (block.category as string),
    })),
    ...Object.entries(own ?? {}).map(([id, block]) => ({
      ...block,
      summary: block.summary ?? '',
      id,
      category: 'own',
      group: 'own',
    })),
  ]
  const entries = known.map(({ id, title, summary, group, category, inputs, outputs }) => {
    const name = titleOf(t, id, title)
    return {
      ...{ type: id, title: name, summary, group, category },
      search: `${name} ${title} ${id} ${summary}`.toLowerCase(),
      hasInput: inputs.length > 0,
      hasOutput: outputs.length > 0,
    }
  })
  return [...saved.map(savedEntry), ...entries]
}

function savedEntry(saved: SavedBlockRecord): PaletteEntry {
  const { id, title, block, problem } = saved
  const main = block?.blocks[block.main]
  const summary = problem?.message ?? main?.summary ?? ''
  return {
    ...{ type: savedType(id), title, summary, group: 'saved', category: 'own', saved },
    search: `${title} ${summary}`.toLowerCase(),
    hasInput: (main?.inputs.length ?? 0) > 0,
    hasOutput: (main?.outputs.length ?? 0) > 0,
  }
}

/** Every word has to be found; entries whose title begins with the query come first. */
export function findEntries(entries: readonly PaletteEntry[], query: string): readonly PaletteEntry[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return entries
  const rank = ({ title, type }: PaletteEntry): number => {
    const [first = ''] = words
    if (title.toLowerCase() === query.trim().toLowerCase() || type === query.trim()) return 0
    if (title.toLowerCase().startsWith(first) || type.startsWith(first)) return 1
    return title.toLowerCase().includes(first) ? 2 : 3
  }
  return entries
    .filter(({ search }) => words.every((word) => search.includes(word)))
    .toSorted((a, b) => rank(a) - rank(b))
}

/** Whether such a node could take what an output yields. Joins wait for more, so they fit; unknown shapes fit everywhere. */
export function fitsBehind(document: NetworkDocument, entry: PaletteEntry, output: TensorType | undefined): boolean {
  if (!entry.hasInput || entry.saved) return entry.hasInput
  const found = NodeTypes.of(document).of(entry.type)
  if (!found) return false
  if (!output) return true
  if (found.inputs.some(({ variadic }) => variadic)) return true
  if ('layer' in found) return inferOutputs(found.layer, defaultParams(found), [output]) !== undefined
  return found.block.category === 'own' || output.shape.length === 4
}
