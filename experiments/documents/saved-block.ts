/**
 * A block that somebody saved to the palette, to be put into any network: the block itself with the blocks and variables that it uses. This is
 * what *.block.json files and the store hold.
 */
import { z } from 'zod'
import { networkDocumentSchema, networkId, type NetworkDocument, type OwnBlock } from '../network/network-document.ts'
import { errorRecord } from '../runs/run-record.ts'

export const savedBlockSchema = z.strictObject({
  format: z.literal('strata.block'),
  version: z.literal(1),
  /** Which of `blocks` it is; the others lie inside of it. */
  main: networkId,
  blocks: networkDocumentSchema.shape.blocks.unwrap(),
  variables: networkDocumentSchema.shape.variables,
})

export interface SavedBlock extends Pick<NetworkDocument, 'variables'> {
  readonly format: 'strata.block'
  readonly version: 1
  readonly main: string
  readonly blocks: Readonly<Record<string, OwnBlock>>
}

export const savedBlockId = z.int().min(1)

/** A block of the palette as every client sees it. */
export const savedBlockRecord = z.object({
  id: savedBlockId,
  title: z.string(),
  /** Null: what is stored cannot be used; `problem` says why. */
  block: (savedBlockSchema as unknown as z.ZodType<SavedBlock, SavedBlock>).nullable(),
  problem: errorRecord.nullable(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
})
export type SavedBlockRecord = z.infer<typeof savedBlockRecord>

export function titleOfBlock({ main, blocks }: SavedBlock): string {
  return blocks[main]?.title ?? main
}

/** A network of nothing but this block. */
export function documentOfBlock(block: SavedBlock): NetworkDocument {
  const { main, blocks, variables } = block
  return {
    ...{ format: 'strata.network', version: 1, name: titleOfBlock(block), edges: [], blocks, variables },
    nodes: [{ id: 'block', type: main }],
  }
}
