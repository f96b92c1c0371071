/**
 * The keys of the window. The same stand in the application menu, where they are seen; a key that the page takes does not reach the menu, so
 * nothing happens twice.
 */
import type { MenuCommand } from '../../app/ipc/desktop-contract.ts'

const commands: Readonly<Record<string, MenuCommand>> = {
  k: 'command-palette',
  n: 'new-run',
  '1': 'show-compose',
  '2': 'show-queue',
  '3': 'show-runs',
  '4': 'show-compare',
  '5': 'show-sweeps',
  '6': 'show-data',
  ',': 'show-settings',
  '/': 'show-shortcuts',
  'shift+l': 'toggle-theme',
  'shift+n': 'new-network',
  o: 'open-network',
  s: 'save-network',
  'shift+s': 'save-network-as',
  e: 'export-onnx',
  'shift+v': 'network-versions',
  f4: 'close-network',
  tab: 'next-network',
  'shift+tab': 'previous-network',
}

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** What the keys ask for; undefined when they are none of ours. */
export function commandOfKeys({ key, ctrlKey, metaKey, shiftKey, altKey }: Keys): MenuCommand | undefined {
  if (key === 'F2' && !ctrlKey && !metaKey && !altKey && !shiftKey) return 'rename-network'
  if (ctrlKey === metaKey || altKey) return undefined
  const name = shiftKey ? `shift+${key.toLowerCase()}` : key.toLowerCase()
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}
