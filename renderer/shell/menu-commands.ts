/** What the application menu asks of the window. */
import { assertNever } from '../../experiments/errors/studio-error.ts'
import type { EditAction, MenuCommand } from '../../app/ipc/desktop-contract.ts'
import type { Studio } from '../state/studio.svelte.ts'

export function runMenuCommand(studio: Studio, command: MenuCommand): void {
  switch (command) {
    case 'new-run':
      studio.form.reset()
      return studio.router.go({ view: 'compose' })
    case 'command-palette':
      studio.paletteOpen = !studio.paletteOpen
      return
    case 'show-compose':
      return studio.router.go({ view: 'compose' })
    case 'show-runs':
      return studio.router.go({ view: 'runs' })
    case 'show-queue':
      return studio.router.go({ view: 'queue' })
    case 'show-compare':
      return studio.router.go({ view: 'compare', runs: [] })
    case 'show-sweeps':
      return studio.router.go({ view: 'sweeps', sweep: null })
    case 'show-data':
      return studio.router.go({ view: 'data', dataset: null })
    case 'show-settings':
      return studio.router.go({ view: 'settings' })
    case 'toggle-theme':
      return void studio.preferences.toggleTheme()
    case 'show-shortcuts':
      studio.shortcutsOpen = !studio.shortcutsOpen
      return
    case 'edit-undo':
    case 'edit-redo':
    case 'edit-cut':
    case 'edit-copy':
    case 'edit-paste':
    case 'edit-selectAll':
      return edit(studio, command.slice('edit-'.length) as EditAction)
    default:
      return runNetworkCommand(studio, command)
  }
}

/** Of what is drawn while the canvas has the focus, else of a text. */
function edit(studio: Studio, action: EditAction): void {
  if (studio.canvas?.edit(action) === true) return
  void studio.attempt(() => studio.bridge.call('desktop.editText', { action }))
}

type NetworkCommand = Extract<
  MenuCommand,
  `${string}-network` | 'save-network-as' | 'network-versions' | `export-${string}`
>

/** Those that need a network in front do nothing without one. */
function runNetworkCommand(studio: Studio, command: NetworkCommand): void {
  const { documents, workspace } = studio
  const { front } = workspace
  switch (command) {
    case 'new-network':
      return void documents.newBlank()
    case 'open-network':
      return void documents.openFiles()
    case 'next-network':
      return workspace.step(1)
    case 'previous-network':
      return workspace.step(-1)
    case 'save-network':
    case 'save-network-as':
      return void (front && documents.save(front, command === 'save-network-as'))
    case 'close-network':
      return void (front && documents.close(front))
    case 'duplicate-network':
      return void (front && documents.duplicate(front))
    case 'rename-network':
      if (front) studio.documentDialog = 'rename'
      return
    case 'network-versions':
      if (front) studio.documentDialog = 'versions'
      return
    case 'export-onnx':
      if (front) studio.documentDialog = 'export'
      return
    case 'export-svg':
    case 'export-png':
      return void (front && documents.exportPicture(front, command === 'export-svg' ? 'svg' : 'png'))
    default:
      assertNever(command)
  }
}
