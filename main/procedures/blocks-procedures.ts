/** Blocks of the palette: what the service answers. */
import { BlockLibrary } from '../documents/block-library.ts'
import type { StudioParts } from './studio-parts.ts'

export function blocksProcedures({ store }: StudioParts) {
  const library = new BlockLibrary(store.savedBlocks)
  return {
    'blocks.list': () => library.list(),
    'blocks.save': ({ block }: { block?: unknown }) => library.save(block),
    'blocks.rename': ({ id, title }: { id: number; title: string }) => library.rename(id, title),
    'blocks.delete': ({ ids }: { ids: number[] }) => {
      library.setDeleted(ids, true)
      return {}
    },
    'blocks.restore': ({ ids }: { ids: number[] }) => {
      library.setDeleted(ids, false)
      return {}
    },
    'blocks.importFile': ({ file }: { file: string }) => library.importFile(file),
    'blocks.exportFile': ({ id, file }: { id: number; file: string }) => {
      library.exportFile(id, file)
      return {}
    },
  }
}
