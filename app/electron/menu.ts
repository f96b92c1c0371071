/** The application menu. What concerns the view goes to it as a command, so that menu, palette and keys do one and the same. */
import { Menu, shell, type MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '../ipc/desktop-contract.ts'
import { menuText, type MenuLanguage } from './menu-text.ts'

export interface MenuOptions {
  readonly language: MenuLanguage
  readonly home: string
  readonly developerTools: boolean
  readonly command: (command: MenuCommand) => void
}

export function setApplicationMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)))
}

function menuTemplate({ language, home, developerTools, command }: MenuOptions): MenuItemConstructorOptions[] {
  const text = menuText[language]
  const item = (label: string, name: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    id: name,
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => command(name),
  })
  /** The keys are the page's, which knows what has the focus; here they are only told. */
  const edit = (...entry: [string, MenuCommand, string]): MenuItemConstructorOptions => ({
    ...item(...entry),
    registerAccelerator: false,
  })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  return [
    {
      label: text.file,
      submenu: [
        item(text.newRun, 'new-run', 'CmdOrCtrl+N'),
        separator,
        item(text.newNetwork, 'new-network', 'CmdOrCtrl+Shift+N'),
        item(text.openNetwork, 'open-network', 'CmdOrCtrl+O'),
        item(text.saveNetwork, 'save-network', 'CmdOrCtrl+S'),
        item(text.saveNetworkAs, 'save-network-as', 'CmdOrCtrl+Shift+S'),
        {
          label: text.export,
          submenu: [
            item(text.exportOnnx, 'export-onnx', 'CmdOrCtrl+E'),
            item(text.exportSvg, 'export-svg'),
            item(text.exportPng, 'export-png'),
          ],
        },
        item(text.renameNetwork, 'rename-network', 'F2'),
        item(text.duplicateNetwork, 'duplicate-network'),
        item(text.versions, 'network-versions', 'CmdOrCtrl+Shift+V'),
        item(text.closeNetwork, 'close-network', 'CmdOrCtrl+F4'),
        separator,
        item(text.settings, 'show-settings', 'CmdOrCtrl+,'),
        separator,
        { role: 'close', label: text.close },
        { role: 'quit', label: text.quit },
      ],
    },
    {
      label: text.edit,
      submenu: [
        edit(text.undo, 'edit-undo', 'CmdOrCtrl+Z'),
        edit(text.redo, 'edit-redo', process.platform === 'win32' ? 'Ctrl+Y' : 'CmdOrCtrl+Shift+Z'),
        separator,
        edit(text.cut, 'edit-cut', 'CmdOrCtrl+X'),
        edit(text.copy, 'edit-copy', 'CmdOrCtrl+C'),
        edit(text.paste, 'edit-paste', 'CmdOrCtrl+V'),
        edit(text.selectAll, 'edit-selectAll', 'CmdOrCtrl+A'),
      ],
    },
    {
      label: text.view,
      submenu: [
        item(text.palette, 'command-palette', 'CmdOrCtrl+K'),
        separator,
        item(text.compose, 'show-compose', 'CmdOrCtrl+1'),
        item(text.queue, 'show-queue', 'CmdOrCtrl+2'),
        item(text.runs, 'show-runs', 'CmdOrCtrl+3'),
        item(text.compare, 'show-compare', 'CmdOrCtrl+4'),
        item(text.sweeps, 'show-sweeps', 'CmdOrCtrl+5'),
        item(text.data, 'show-data', 'CmdOrCtrl+6'),
        separator,
        item(text.nextNetwork, 'next-network', 'Ctrl+Tab'),
        item(text.previousNetwork, 'previous-network', 'Ctrl+Shift+Tab'),
        separator,
        item(text.toggleTheme, 'toggle-theme', 'CmdOrCtrl+Shift+L'),
        separator,
        { role: 'resetZoom', label: text.actualSize },
        { role: 'zoomIn', label: text.zoomIn },
        { role: 'zoomOut', label: text.zoomOut },
        { role: 'togglefullscreen', label: text.fullScreen },
        separator,
        { role: 'reload', label: text.reload },
        ...(developerTools ? [{ role: 'toggleDevTools', label: text.developerTools } as const] : []),
      ],
    },
    {
      label: text.help,
      submenu: [
        item(text.shortcuts, 'show-shortcuts', 'CmdOrCtrl+/'),
        { label: text.openHome, click: () => void shell.openPath(home) },
        separator,
        item(text.about, 'show-settings'),
      ],
    },
  ]
}
