/** Reads a block that was saved to the palette or to a file. What could not be put into a network is refused with the reason. */
import { NodeTypes } from '../blocks/node-types.ts'
import { issuesError, StudioError } from '../errors/studio-error.ts'
import { parseValue } from '../schema/parse.ts'
import { fatalIssues, requireFormat } from './read-drawing.ts'
import { documentOfBlock, savedBlockSchema, type SavedBlock } from './saved-block.ts'

/**
 * @param json already parsed JSON
 * @param what names the file or block in messages
 * @throws StudioError with all problems in `details.issues`
 */
export function readBlock(json: unknown, what: string): SavedBlock {
  requireFormat(json, what, { format: 'strata.block', title: 'a block' })
  const parsed = parseValue(savedBlockSchema, json)
  if (!parsed.ok) throw issuesError(what, parsed.issues)
  const block: SavedBlock = parsed.value
  if (!Object.hasOwn(block.blocks, block.main)) {
    const known = Object.keys(block.blocks).join(', ') || 'none'
    throw new StudioError('missing-value', `${what}: "main" names the block "${block.main}", but it holds ${known}`)
  }
  const document = documentOfBlock(block)
  const problems = fatalIssues(document)
  if (problems.length > 0) throw issuesError(what, problems)
  const types = NodeTypes.of(document)
  // One that contains itself has no definition.
  if (!types.of(block.main)) throw issuesError(what, types.issues)
  return block
}
