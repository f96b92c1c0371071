/** The blocks of the palette. What is stored is checked when it is read, so that one that cannot be used is named instead of hiding the others. */
import { readBlock } from '../../experiments/documents/read-block.ts'
import { titleOfBlock, type SavedBlock, type SavedBlockRecord } from '../../experiments/documents/saved-block.ts'
import { retitled } from '../../experiments/editing/saved-blocks.ts'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import type { SavedBlockTable, StoredBlock } from '../store/saved-block-table.ts'
import { readBlockFile, writeNetworkFile, writeTextFile } from './network-file.ts'

export class BlockLibrary {
  private readonly table: SavedBlockTable

  constructor(table: SavedBlockTable) {
    this.table = table
  }

  /** By title. */
  list(): SavedBlockRecord[] {
    return this.table.list().map(recordOf)
  }

  /** @throws StudioError with what is wrong with the block */
  save(json: unknown): SavedBlockRecord {
    const block = readBlock(json, 'the block')
    return this.record(this.table.add(titleOfBlock(block), JSON.stringify(block)))
  }

  rename(id: number, title: string): SavedBlockRecord {
    const { text } = this.table.get(id)
    const { block } = this.record(id)
    this.table.change(id, title, block ? JSON.stringify(retitled(block, title)) : text)
    return this.record(id)
  }

  setDeleted(ids: readonly number[], deleted: boolean): void {
    this.table.setDeleted(ids, deleted)
  }

  /** @throws StudioError that names the file and what is wrong in it */
  importFile(file: string): SavedBlockRecord {
    return this.save(readBlockFile(file))
  }

  /** One that cannot be used is written as it is stored: for somebody to mend. */
  exportFile(id: number, file: string): void {
    const { block } = this.record(id)
    if (block) writeNetworkFile(file, block)
    else writeTextFile(file, this.table.get(id).text)
  }

  private record(id: number): SavedBlockRecord {
    return recordOf(this.table.get(id))
  }
}

function recordOf({ id, title, text, createdAt, updatedAt }: StoredBlock): SavedBlockRecord {
  const facts = { id, title, createdAt, updatedAt }
  try {
    return { ...facts, block: readStored(text, title), problem: null }
  } catch (fault) {
    if (!(fault instanceof StudioError)) throw fault
    return { ...facts, block: null, problem: toErrorRecord(fault) }
  }
}

const known = new Map<string, SavedBlock>()
/** Checked texts that are kept; a palette has tens of blocks. */
const keptTexts = 200

function readStored(text: string, title: string): SavedBlock {
  const block = known.get(text) ?? readBlock(parseJson(text, title), title)
  if (known.size >= keptTexts) known.clear()
  known.set(text, block)
  return block
}
