/**
 * Everything that can be done on the canvas, once: keys, menus and the toolbar all take it from here. A command that does not apply at the
 * moment is disabled.
 */
import { addAnnotation, editAnnotation } from '../../../../experiments/editing/edit-document.ts'
import {
  alignNodes,
  distributeNodes,
  moveNodes,
  shiftNodes,
  type Alignment,
  type Box,
} from '../../../../experiments/editing/arrange-nodes.ts'
import { copyNodes, parseClipping, paste } from '../../../../experiments/editing/clipboard.ts'
import {
  detachBlock,
  groupNodes,
  setUnfolded,
  swapChoices,
  swapNodes,
  unpackNodes,
} from '../../../../experiments/editing/edit-blocks.ts'
import { disconnect } from '../../../../experiments/editing/connections.ts'
import { edgeKeys } from '../../../../experiments/editing/edge-keys.ts'
import { together, type Edit } from '../../../../experiments/editing/edit.ts'
import { removeNodes } from '../../../../experiments/editing/remove-nodes.ts'
import { blockToSave } from '../../../../experiments/editing/saved-blocks.ts'
import type { SavedBlock } from '../../../../experiments/documents/saved-block.ts'
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { Annotation } from '../../../../experiments/network/network-document.ts'
import type { Fix } from '../../../../experiments/editing/fix-issue.ts'
import type { Issue } from '../../../../experiments/errors/studio-error.ts'
import type { Messages } from '../../../i18n/en.ts'
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'
import { fixesFor, fixText } from '../strip/fixes-for.ts'
import type { Scene, SceneNode } from './build-scene.ts'
import { nodeHeight } from './node-size.ts'
import { layOutScene } from './elk-layout.ts'

export type CommandId = keyof Messages['composer']['commands']

/** What commands need of the canvas around them. */
export interface CanvasView {
  readonly scene: () => Scene
  /** What would be seen after an edit of the presentation; undefined when it is refused. */
  sceneAfter(edit: Edit): Scene | undefined
  fit(ids?: readonly string[]): void
  zoom(direction: 1 | -1): void
  /** Where something new goes: the pointer, or the middle of what is seen. */
  dropPoint(): Position
  openAdd(): void
  openConnect(id: string): void
  /** Asks for a few words. */
  ask(question: Question): void
  /** Shows what is wrong with a node, by its path, and what ends it. */
  showProblems(path: string): void
  /** Stores a block in the palette. */
  saveBlock(block: SavedBlock): void
  toggle(what: 'map' | 'outline'): void
  tell(text: string): void
  writeClipboard(text: string): void
  /** Undefined when it cannot be read, which is told. */
  readClipboard(): Promise<string | undefined>
}

export interface Question {
  readonly title: string
  readonly text: string
  readonly multiline?: boolean
  /** Called unless the question is given up. */
  save(text: string): void
}

export interface Command {
  readonly id: CommandId
  /** As shown; the first is the one that menus show. */
  readonly keys: readonly string[]
  readonly enabled: () => boolean
  readonly run: () => unknown
}

export class CanvasCommands {
  readonly editor: NetworkEditor
  readonly view: CanvasView
  readonly t: () => Messages
  readonly all: readonly Command[]
  private readonly byId: ReadonlyMap<CommandId, Command>

  constructor(editor: NetworkEditor, view: CanvasView, t: () => Messages) {
    this.editor = editor
    this.view = view
    this.t = t
    this.all = this.commands()
    this.byId = new Map(this.all.map((command) => [command.id, command]))
  }

  get(id: CommandId): Command {
    const command = this.byId.get(id)
    if (!command) throw new Error(`there is no command ${id}`)
    return command
  }

  /** @returns whether the keys were a command's */
  handle(event: KeyboardEvent): boolean {
    const pressed = keysOf(event)
    const command = this.all.find(({ keys }) => keys.includes(pressed))
    // The browser makes clipboard events of these, which carry the data without a permission.
    if (!command || command.id === 'copy' || command.id === 'cut' || command.id === 'paste') return false
    if (command.enabled()) void command.run()
    return true
  }

  /** Exchanges that suit the selection: id of the block, its title, how many nodes. */
  get swaps(): readonly { readonly to: string; readonly title: string; readonly count: number }[] {
    const { document, place, selection, types } = this.editor
    if (place === undefined) return []
    return [...swapChoices(document, place, selection)].map(([to, count]) => ({
      to,
      count,
      title: types.of(to)?.title ?? to,
    }))
  }

  /** What would end the problems of the selected node. */
  get fixes(): readonly Fix[] {
    const { editor } = this
    const id = this.single
    if (id === undefined || editor.readOnly) return []
    const found = this.issuesAt(editor.prefix + id).flatMap((issue) => fixesFor(editor, issue, undefined))
    return [...new Map(found.map((fix) => [fixText(fix, this.t()), fix])).values()]
  }

  /** Problems of a node, and of what is inside of it. */
  issuesAt(path: string): readonly Issue[] {
    return this.editor.issues.filter(({ node }) => node === path || node?.startsWith(`${path}/`) === true)
  }

  swap(to: string): void {
    this.edit((place) => swapNodes(place, [...this.editor.selection], to))
  }

  group(): void {
    const { groupTitle, groupDefault } = this.t().composer.canvas
    this.view.ask({
      title: groupTitle,
      text: groupDefault,
      save: (title) => this.edit((place) => groupNodes(place, this.ownSelection, title.trim() || groupDefault)),
    })
  }

  /** The selection as a block of the palette; the network stays as it is. */
  saveToPalette(): void {
    const { editor } = this
    const { place } = editor
    const ids = this.ownSelection
    if (place === undefined) return
    const { saveTitle, groupDefault } = this.t().composer.canvas
    const only = this.single
    const own = only === undefined ? undefined : editor.document.blocks?.[this.node(only)?.type ?? '']
    this.view.ask({
      title: saveTitle,
      text: own?.title ?? groupDefault,
      save: (title) => {
        const made = blockToSave(editor.document, place, ids, title.trim() || groupDefault)
        if (made.ok) this.view.saveBlock(made.block)
        else this.view.tell(made.issues.map(({ message }) => message).join(' '))
      },
    })
  }

  detach(id: string): void {
    const inside = this.editor.expanded.get(this.editor.prefix + id)?.inside
    if (inside) this.edit((place) => detachBlock(place, id, inside))
  }

  /** Folds or unfolds a block, and makes or takes away the room below it: one step of undo. */
  toggleFold(id: string, unfold = !this.isUnfolded(id)): void {
    const { editor } = this
    const top = id.split('/')[0] ?? id
    const before = this.item(top)
    const fold = setUnfolded([editor.prefix + id], unfold)
    const after = this.view.sceneAfter(fold)?.nodes.find((item) => item.id === top)
    if (!before || !after || editor.place === undefined) return void editor.apply(fold)
    const shift = after.height - before.height
    const origin = this.node(top)?.position?.y ?? before.y
    const below = new Set(
      editor.graph.nodes.flatMap(({ id: other, position }) =>
        other !== top && position && position.y > origin ? [other] : [],
      ),
    )
    const room = below.size === 0 || shift === 0 ? [] : [shiftNodes(editor.place, below, { x: 0, y: shift })]
    editor.apply(together(unfold ? 'unfold' : 'fold', [fold, ...room], id))
  }

  isUnfolded(id: string): boolean {
    return this.editor.document.unfolded?.includes(this.editor.prefix + id) === true
  }

  async arrange(): Promise<void> {
    const { editor } = this
    if (editor.place === undefined) return
    const { revision } = editor
    try {
      const positions = await layOutScene(this.view.scene())
      // What was edited meanwhile wins.
      if (editor.revision !== revision) return
      editor.apply(moveNodes(editor.place, positions, 'arrange'))
      this.view.fit()
    } catch {
      this.view.tell(this.t().composer.canvas.layoutFailed)
    }
  }

  /** The selection as text; undefined when there is nothing to copy. */
  clip(cut: boolean): string | undefined {
    const { editor } = this
    const place = editor.place
    const ids = this.ownSelection
    if (place === undefined || ids.length === 0) return undefined
    const text = JSON.stringify(copyNodes(editor.document, place, ids), null, 1)
    if (cut) editor.apply(removeNodes(place, { ids, kind: 'cut' }))
    return text
  }

  /** From menus; for keys the browser brings the clipboard along. */
  copy(cut = false): void {
    const text = this.clip(cut)
    if (text !== undefined) this.view.writeClipboard(text)
  }

  async paste(): Promise<void> {
    const text = await this.view.readClipboard()
    if (text !== undefined) this.pasteText(text)
  }

  pasteText(text: string): void {
    const parsed = parseClipping(text)
    if (!parsed.ok) {
      const reason = parsed.issues[0]?.message ?? ''
      this.view.tell(`${this.t().composer.canvas.clipboardEmpty}: ${reason}`)
      return
    }
    this.edit((place) => paste(place, parsed.value, { at: this.view.dropPoint() }))
  }

  /** Applies an edit of the graph in sight; tells why not. */
  edit(make: (place: string | null) => Edit): boolean {
    const { editor } = this
    if (editor.place === undefined) {
      this.view.tell(this.t().composer.canvas.readOnly)
      return false
    }
    const done = editor.apply(make(editor.place))
    if (!done) this.view.tell(editor.refusal.map(({ message }) => message).join(' '))
    return done
  }

  /** To the node before, behind or beside the selected one. */
  step(direction: 'up' | 'down' | 'left' | 'right'): void {
    const { editor } = this
    const items = this.view.scene().nodes.filter(({ parent, kind }) => parent === undefined && kind !== 'border')
    const current = items.find(({ id }) => editor.selection.has(id))
    if (!current) {
      const first = items[0]
      if (first) editor.select([first.id])
      return
    }
    const vertical = direction === 'up' || direction === 'down'
    const sign = direction === 'up' || direction === 'left' ? -1 : 1
    const middle = ({ x, y, width }: SceneNode) => ({ x: x + width / 2, y })
    const from = middle(current)
    const ahead = items
      .filter(({ id }) => id !== current.id)
      .map((item) => {
        const to = middle(item)
        const along = (vertical ? to.y - from.y : to.x - from.x) * sign
        const across = Math.abs(vertical ? to.x - from.x : to.y - from.y)
        return { item, along, distance: along + 2 * across }
      })
      .filter(({ along }) => along > 1)
      .sort((a, b) => a.distance - b.distance)
    const next = ahead[0]?.item
    if (next) editor.select([next.id])
  }

  nudge(x: number, y: number): void {
    const { editor } = this
    if (editor.place === undefined) return
    const wanted = editor.selection
    const positions = new Map(
      [...editor.graph.nodes, ...(editor.graph.annotations ?? [])].flatMap((node) =>
        wanted.has(node.id) && node.position
          ? [[node.id, { x: node.position.x + x, y: node.position.y + y }] as const]
          : [],
      ),
    )
    if (positions.size > 0) editor.apply(moveNodes(editor.place, positions), { merge: 'nudge' })
  }

  private node(id: string) {
    return this.editor.graph.nodes.find((node) => node.id === id)
  }

  private item(id: string): SceneNode | undefined {
    return this.view.scene().nodes.find((item) => item.id === id)
  }

  /** What is selected of the graph in sight itself, not inside of unfolded blocks. */
  private get ownSelection(): readonly string[] {
    const { graph, selection } = this.editor
    return [...graph.nodes, ...(graph.annotations ?? [])].map(({ id }) => id).filter((id) => selection.has(id))
  }

  private get single(): string | undefined {
    const [first, second] = this.editor.selection
    return second === undefined ? first : undefined
  }

  /** Boxes as stored positions see them: an unfolded block is placed by where it is folded. */
  private get boxes(): ReadonlyMap<string, Box> {
    const wanted = new Set(this.ownSelection)
    const nodes = this.view.scene().nodes.filter(({ id }) => wanted.has(id))
    return new Map(
      nodes.map((item) => {
        const position = this.node(item.id)?.position ?? item
        return [
          item.id,
          { x: position.x, y: position.y, width: 2 * (item.x - position.x) + item.width, height: item.height },
        ]
      }),
    )
  }

  private commands(): readonly Command[] {
    const { editor, view } = this
    const free = () => !editor.readOnly
    const some = () => free() && this.ownSelection.length > 0
    const several = () => free() && this.ownSelection.length > 1
    const blocks = () => this.ownSelection.filter((id) => editor.expanded.has(editor.prefix + id))
    const single = () => this.single
    const align = (to: Alignment) => () => this.edit((place) => alignNodes(place, this.boxes, to))
    const command = (
      id: CommandId,
      keys: readonly string[],
      run: () => unknown,
      enabled: () => boolean = () => true,
    ): Command => ({ id, keys, run, enabled })
    const removed = (keepWires: boolean) => () =>
      this.edit((place) => removeNodes(place, { ids: this.ownSelection, edges: [...editor.selectedEdges], keepWires }))
    return [
      command(
        'undo',
        ['Ctrl+Z'],
        () => editor.undo(),
        () => editor.undoStep !== undefined,
      ),
      command(
        'redo',
        ['Ctrl+Shift+Z', 'Ctrl+Y'],
        () => editor.redo(),
        () => editor.redoStep !== undefined,
      ),
      command('add', ['Shift+A', 'Ctrl+K'], () => view.openAdd(), free),
      command(
        'connect',
        ['C'],
        () => view.openConnect(this.single ?? ''),
        () => free() && single() !== undefined,
      ),
      command(
        'problems',
        ['P'],
        () => view.showProblems(editor.prefix + (this.single ?? '')),
        () => this.single !== undefined && this.issuesAt(editor.prefix + this.single).length > 0,
      ),
      command('cut', ['Ctrl+X'], () => this.copy(true), some),
      command(
        'copy',
        ['Ctrl+C'],
        () => this.copy(),
        () => this.ownSelection.length > 0 && free(),
      ),
      command('paste', ['Ctrl+V'], () => this.paste(), free),
      command(
        'duplicate',
        ['Ctrl+D'],
        () =>
          this.edit((place) =>
            paste(place, copyNodes(editor.document, place, this.ownSelection), { kind: 'duplicate' }),
          ),
        some,
      ),
      command(
        'delete',
        ['Delete', 'Backspace'],
        removed(false),
        () => some() || (free() && editor.selectedEdges.size > 0),
      ),
      command('deleteKeepingWires', ['Ctrl+Delete', 'Ctrl+Backspace'], removed(true), some),
      command(
        'unlink',
        [],
        () =>
          this.edit((place) => {
            const wanted = editor.selection
            const keys = edgeKeys(editor.graph.edges).filter((_, i) => {
              const edge = editor.graph.edges[i]
              return edge !== undefined && (wanted.has(edge.source) || wanted.has(edge.target))
            })
            return disconnect(place, keys)
          }),
        some,
      ),
      command('selectAll', ['Ctrl+A'], () =>
        editor.select([...editor.graph.nodes, ...(editor.graph.annotations ?? [])].map(({ id }) => id)),
      ),
      command('group', ['Ctrl+G'], () => this.group(), some),
      command('saveToPalette', ['B'], () => this.saveToPalette(), some),
      command(
        'unpack',
        ['Ctrl+Shift+G'],
        () => this.edit((place) => unpackNodes(place, blocks())),
        () => free() && blocks().length > 0,
      ),
      command(
        'enter',
        ['E', 'Ctrl+ArrowDown'],
        () => editor.enter(this.single ?? ''),
        () => blocks().length === 1,
      ),
      command(
        'leave',
        ['Shift+E', 'Ctrl+ArrowUp'],
        () => editor.leaveTo(editor.path.length - 1),
        () => editor.path.length > 0,
      ),
      command(
        'unfold',
        ['U'],
        () => blocks().forEach((id) => this.toggleFold(id, true)),
        () => free() && blocks().some((id) => !this.isUnfolded(id)),
      ),
      command(
        'fold',
        ['Shift+U'],
        () => blocks().forEach((id) => this.toggleFold(id, false)),
        () => free() && blocks().some((id) => this.isUnfolded(id)),
      ),
      command(
        'unfoldAll',
        [],
        () => this.foldAll(true),
        () => editor.expanded.size > 0,
      ),
      command(
        'foldAll',
        [],
        () => this.foldAll(false),
        () => (editor.document.unfolded?.length ?? 0) > 0,
      ),
      command(
        'arrange',
        ['L'],
        () => this.arrange(),
        () => free() && editor.graph.nodes.length > 0,
      ),
      command('fit', ['.'], () => view.fit()),
      command(
        'focus',
        ['F'],
        () => view.fit([...editor.selection]),
        () => editor.selection.size > 0,
      ),
      command('zoomIn', ['+', '='], () => view.zoom(1)),
      command('zoomOut', ['-'], () => view.zoom(-1)),
      command('alignLeft', ['Alt+Shift+ArrowLeft'], align('left'), several),
      command('alignCenter', ['Alt+Shift+C'], align('center'), several),
      command('alignRight', ['Alt+Shift+ArrowRight'], align('right'), several),
      command('alignTop', ['Alt+Shift+ArrowUp'], align('top'), several),
      command('alignMiddle', ['Alt+Shift+M'], align('middle'), several),
      command('alignBottom', ['Alt+Shift+ArrowDown'], align('bottom'), several),
      command(
        'distributeX',
        ['Alt+Shift+H'],
        () => this.edit((place) => distributeNodes(place, this.boxes, 'x')),
        () => free() && this.ownSelection.length > 2,
      ),
      command(
        'distributeY',
        ['Alt+Shift+V'],
        () => this.edit((place) => distributeNodes(place, this.boxes, 'y')),
        () => free() && this.ownSelection.length > 2,
      ),
      command('frame', ['Shift+F'], () => this.frameSelection(), some),
      command('comment', ['Shift+C'], () => this.addComment(), free),
      command('map', ['M'], () => view.toggle('map')),
      command('outline', ['O'], () => view.toggle('outline')),
    ]
  }

  /** Every block in sight at every depth, arranged anew: one step of undo. */
  private async foldAll(unfold: boolean): Promise<void> {
    const { editor } = this
    const paths = [...editor.expanded.keys()].filter((path) => path.startsWith(editor.prefix))
    const fold = setUnfolded(paths, unfold)
    const scene = this.view.sceneAfter(fold)
    if (!scene || editor.place === undefined) return void editor.apply(fold)
    const { revision, place } = editor
    try {
      const positions = await layOutScene(scene)
      if (editor.revision !== revision) return
      editor.apply(together(unfold ? 'unfold' : 'fold', [fold, moveNodes(place, positions)], String(paths.length)))
      this.view.fit()
    } catch {
      this.view.tell(this.t().composer.canvas.layoutFailed)
    }
  }

  private frameSelection(): void {
    const items = this.view
      .scene()
      .nodes.filter(({ id, parent }) => parent === undefined && this.editor.selection.has(id))
    if (items.length === 0) return
    const left = Math.min(...items.map(({ x }) => x)) - 24
    const top = Math.min(...items.map(({ y }) => y)) - 48
    const width = Math.max(...items.map((item) => item.x + item.width)) + 24 - left
    const height = Math.max(...items.map((item) => item.y + item.height)) + 24 - top
    this.askNote('frame', '', (text) =>
      this.edit((place) =>
        addAnnotation(place, { kind: 'frame', text, position: { x: left, y: top }, size: { width, height } }),
      ),
    )
  }

  private addComment(): void {
    const { x, y } = this.view.dropPoint()
    const size = { width: 220, height: nodeHeight + 20 }
    this.askNote('comment', '', (text) => {
      if (text.trim() === '') return
      this.edit((place) => addAnnotation(place, { kind: 'comment', text, position: { x, y }, size, color: 'amber' }))
    })
  }

  editNote(id: string): void {
    const note = this.editor.graph.annotations?.find((item) => item.id === id)
    if (!note || this.editor.readOnly) return
    this.askNote(note.kind, note.text, (text) => {
      if (text !== note.text) this.edit((place) => editAnnotation(place, id, { text }))
    })
  }

  private askNote(kind: Annotation['kind'], text: string, save: (text: string) => void): void {
    this.view.ask({ title: this.t().composer.canvas.noteTitles[kind], text, multiline: kind === 'comment', save })
  }
}

/** As menus write them: `Ctrl+Shift+Z`. On a Mac the command key counts as Ctrl. */
export function keysOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): string {
  // With Alt, Macs type other letters: the key's place tells which it is.
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key
  const key = letter.length === 1 ? letter.toUpperCase() : letter
  const isSign = key.length === 1 && !/[A-Z0-9]/.test(key)
  return [
    ...(event.ctrlKey || event.metaKey ? ['Ctrl'] : []),
    ...(event.altKey ? ['Alt'] : []),
    ...(event.shiftKey && !isSign ? ['Shift'] : []),
    key,
  ].join('+')
}
