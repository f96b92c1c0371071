/** What can be done with an entry of the palette: blocks that were saved there, and blocks that the network defines. */
import Download from '@lucide/svelte/icons/download'
import Save from '@lucide/svelte/icons/save'
import TextCursor from '@lucide/svelte/icons/text-cursor'
import Trash2 from '@lucide/svelte/icons/trash-2'
import { editBlock, removeBlock } from '../../../../experiments/editing/edit-blocks.ts'
import { blockToSave } from '../../../../experiments/editing/saved-blocks.ts'
import type { Edit } from '../../../../experiments/editing/edit.ts'
import type { MenuAction } from '../../../components/menu-action.ts'
import { i18n } from '../../../i18n/i18n.svelte.ts'
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import type { Studio } from '../../../state/studio.svelte.ts'
import type { PaletteEntry } from './palette-entries.ts'

export interface EntryPlace {
  readonly studio: Studio
  readonly editor: NetworkEditor
  /** Asks for another title. */
  readonly rename: (title: string, save: (title: string) => void) => void
}

/** None for layers and the studio's own blocks. */
export function entryActions(entry: PaletteEntry, place: EntryPlace): readonly MenuAction[] {
  if (entry.saved) return savedActions(entry.saved.id, entry, place)
  return entry.group === 'own' ? ownActions(entry, place) : []
}

function savedActions(id: number, { title }: PaletteEntry, { studio, rename }: EntryPlace): readonly MenuAction[] {
  const { savedBlocks } = studio
  const t = i18n.t.composer.palette
  return [
    { label: t.renameBlock, icon: TextCursor, run: () => rename(title, (next) => void savedBlocks.rename(id, next)) },
    { label: t.exportBlock, icon: Download, run: () => void savedBlocks.exportFile(id) },
    { label: t.deleteBlock, icon: Trash2, danger: true, run: () => void savedBlocks.delete(id) },
  ]
}

function ownActions({ type, title }: PaletteEntry, { studio, editor, rename }: EntryPlace): readonly MenuAction[] {
  const t = i18n.t.composer.palette
  const apply = (edit: Edit): void => {
    if (!editor.apply(edit))
      studio.toasts.show(editor.refusal.map(({ message }) => message).join(' '), { tone: 'danger' })
  }
  const save = (): void => {
    const made = blockToSave({ ...editor.document, nodes: [{ id: 'block', type }], edges: [] }, null, ['block'], title)
    if (made.ok) void studio.savedBlocks.save(made.block)
  }
  return [
    { label: t.save, icon: Save, run: save },
    {
      label: t.renameBlock,
      icon: TextCursor,
      run: () => rename(title, (next) => apply(editBlock(type, { title: next }))),
    },
    { label: t.deleteBlock, icon: Trash2, danger: true, run: () => apply(removeBlock(type)) },
  ]
}
