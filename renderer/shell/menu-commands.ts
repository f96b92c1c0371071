/** What the application menu asks of the window. */
import { assertNever } from '../../experiments/errors/studio-error.ts'
import type { MenuCommand } from '../../app/ipc/desktop-contract.ts'
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
    default:
      assertNever(command)
  }
}
