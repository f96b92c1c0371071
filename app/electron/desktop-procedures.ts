/** What Electron's main process itself answers to the window; the rest is the service's. */
import { app, clipboard, dialog, shell, type BrowserWindow, type OpenDialogOptions } from 'electron'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { resolveElectronRuntime } from '../setup/electron-runtime.mjs'
import type { DesktopContract } from '../ipc/desktop-contract.ts'
import type { Handlers } from '../ipc/contract.ts'
import { ChosenImages } from './chosen-images.ts'
import type { CrashMark } from './crash-mark.ts'
import { networkFileHandlers } from './network-files.ts'
import { runFileHandlers } from './run-files.ts'
import type { PreferencesStore } from './preferences-store.ts'
import type { QuitGuard } from './quit-guard.ts'
import type { ServiceConnection } from './service-connection.ts'

export interface DesktopParts {
  readonly home: string
  readonly preferences: PreferencesStore
  readonly connection: ServiceConnection
  readonly quitGuard: QuitGuard
  readonly mark: CrashMark
  /** Dialogs belong to it; undefined while there is none. */
  readonly window: () => BrowserWindow | undefined
}

export function desktopHandlers(parts: DesktopParts): Handlers<DesktopContract> {
  const { home, preferences, connection, quitGuard, mark, window } = parts
  const images = new ChosenImages()
  const runtime = resolveElectronRuntime(app.isPackaged ? process.resourcesPath : app.getAppPath())
  return {
    'desktop.takeCrash': () => ({ crashed: mark.take() }),
    ...networkFileHandlers(connection, window),
    ...runFileHandlers(connection, window),
    'desktop.info': () => ({
      version: app.getVersion(),
      electron: {
        version: process.versions.electron,
        source: runtime?.source ?? 'unknown',
        detail: runtime?.detail ?? process.execPath,
      },
      chrome: process.versions.chrome,
      platform: `${process.platform} ${process.arch}`,
      locale: app.getLocale(),
      packaged: app.isPackaged,
      home,
      sandboxed: !app.commandLine.hasSwitch('no-sandbox'),
    }),
    'desktop.copyText': async ({ text }) => {
      await clipboard.writeText(text)
      return {}
    },
    'desktop.clipboardText': async () => ({ text: await clipboard.readText() }),
    'desktop.editText': ({ action }) => {
      window()?.webContents[action]()
      return {}
    },
    'desktop.preferences': () => preferences.current,
    'desktop.setPreferences': (change) => preferences.change(change),
    'desktop.connection': () => connection.state,
    'desktop.reconnect': () => {
      connection.retryNow()
      return {}
    },
    'desktop.quit': async ({ training }) => {
      await quitGuard.decide(training)
      return {}
    },
    'desktop.cancelQuit': () => {
      quitGuard.cancel()
      return {}
    },
    'desktop.revealHome': async () => {
      const problem = await shell.openPath(home)
      if (problem !== '') throw new StudioError('file-unreadable', `${home} cannot be opened: ${problem}`, { home })
      return {}
    },
    'desktop.chooseImages': async ({ kind }) => {
      const window = parts.window()
      const options: OpenDialogOptions = {
        properties: [kind === 'folder' ? 'openDirectory' : 'openFile'],
        ...(kind === 'file' && {
          filters: [
            { name: 'zip, tar, csv, tsv, json', extensions: ['zip', 'tar', 'tgz', 'gz', 'csv', 'tsv', 'json'] },
          ],
        }),
      }
      const { filePaths } = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options)
      return filePaths[0] === undefined ? null : images.add(filePaths[0])
    },
    'desktop.takeDrop': ({ file }) => images.add(file),
    'desktop.takeDatasetFiles': ({ name, ticket }) =>
      connection.call('data.takeFiles', { name, source: images.path(ticket) }),
    'desktop.importImages': ({ ticket, ...options }) =>
      connection.call('data.import', { ...options, source: images.path(ticket) }),
  }
}
