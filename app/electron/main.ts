/**
 * Electron's main process. It stays thin: one window, its menu and preferences, and the line to the studio service, which does the work in a
 * process of its own and outlives the window.
 */
import { join } from 'node:path'
import {
  app,
  dialog,
  ipcMain,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  session,
  type BrowserWindow,
} from 'electron'
import { resolveHome } from '../ipc/home-folder.ts'
import { eventChannel, type WindowEvent, type WindowEvents } from '../ipc/window-bridge.ts'
import type { Preferences } from '../ipc/desktop-contract.ts'
import type { StudioInput, StudioProcedure } from '../ipc/studio-contract.ts'
import { registerAppScheme, serveApp } from './app-protocol.ts'
import { CrashMark } from './crash-mark.ts'
import { devServerAddress, serveDevServer } from './dev-server.ts'
import { desktopHandlers } from './desktop-procedures.ts'
import { homeArgument } from './home-argument.ts'
import { IpcGate, type GateProcedure } from './ipc-gate.ts'
import { setApplicationMenu } from './menu.ts'
import type { MenuLanguage } from './menu-text.ts'
import { PreferencesStore } from './preferences-store.ts'
import { QuitGuard } from './quit-guard.ts'
import { ServiceConnection } from './service-connection.ts'
import { locateService } from './service-location.ts'
import { loadStudio, openStudioWindow, preloadPath } from './studio-window.ts'
import { checkWindowPaths } from './window-paths.ts'
import { TrainingPresence } from './training-presence.ts'
import { StudioTray } from './tray.ts'
import { trayModel, type TrayAction } from './tray-model.ts'
import { lockEveryWebContents, lockSession } from './window-security.ts'

process.on('unhandledRejection', (fault) => {
  throw fault
})

const home = resolveHome(homeArgument(process.argv))
// The lock below is one per user-data folder, so this makes it one window per home.
app.setPath('userData', join(home, 'window'))
// Root on Linux has no system sandbox to confine a process with: there the switch must be given, and Settings says so.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
registerAppScheme()
lockEveryWebContents()

class Desktop {
  readonly #folder = app.getPath('userData')
  readonly #preferences = new PreferencesStore(join(this.#folder, 'preferences.json'), (changed) => {
    this.#applyPreferences(changed)
    this.#tell('desktop.preferencesChanged', changed)
  })
  readonly #connection = new ServiceConnection({
    home,
    start: locateService({
      packaged: app.isPackaged,
      appPath: app.getAppPath(),
      resourcesPath: process.resourcesPath,
      platform: process.platform,
      arch: process.arch,
    }),
    onState: (state) => {
      if (state.state === 'connected') void this.#lookAtQueue()
      else this.#presence.lost()
      this.#tell('desktop.connectionChanged', state)
    },
    onEvent: (event, payload) => {
      if (event === 'run.changed') this.#presence.run(payload as WindowEvents['run.changed'])
      if (event === 'runs.changed')
        (payload as WindowEvents['runs.changed']).runs.forEach((run) => this.#presence.run(run))
      if (event === 'queue.changed') void this.#lookAtQueue()
      this.#tell(event, payload as WindowEvents[typeof event])
    },
  })
  readonly #quitGuard = new QuitGuard({
    preference: () => this.#preferences.current.quitWhileTraining,
    activeRuns: async () => (await this.#connection.call('service.info', {})).activeRuns,
    stopTraining: async () => {
      // First what would begin the next trial.
      for (const { id, state } of await this.#connection.call('sweeps.list', {})) {
        if (state === 'running') await this.#connection.call('sweeps.pause', { sweep: id })
      }
      for (const run of await this.#activeRuns()) await this.#connection.call('runs.stop', { run: run.id })
    },
    ask: (runs) => {
      this.#window?.show()
      return this.#tell('desktop.quitRequested', { runs })
    },
    close: () => this.#window?.destroy(),
  })
  readonly #mark = new CrashMark(join(this.#folder, 'window-open'))
  readonly #presence = new TrainingPresence({
    language: () => menuLanguage(this.#preferences.current.language),
    isSeen: () => this.#window?.isFocused() === true,
    keepAwake: (on) => this.#keepAwake(on),
    progress: (share) => this.#window?.setProgressBar(share ?? -1),
    tray: (queue) => this.#tray.show(trayModel(queue, menuLanguage(this.#preferences.current.language))),
    notify: (title, body) => this.#notify(title, body),
  })
  readonly #tray = new StudioTray((action) => this.#runTray(action))
  /** Of Electron's blocker, while it is on. */
  #blocker: number | undefined
  #looking = false
  #lookAgain = false
  #window: BrowserWindow | undefined
  #crashes = 0

  start(): void {
    lockSession(session.defaultSession)
    const devServer = devServerAddress(app.isPackaged)
    if (devServer) serveDevServer(session.defaultSession, devServer)
    else serveApp(session.defaultSession, join(app.getAppPath(), 'out', 'renderer'))
    this.#openGate()
    this.#applyPreferences(this.#preferences.current)
    void this.#connection.open()
    this.#openWindow()
    powerMonitor.on('shutdown', () => this.#window?.destroy())
  }

  focus(): void {
    if (this.#window?.isMinimized()) this.#window.restore()
    this.#window?.show()
    this.#window?.focus()
  }

  stop(): void {
    this.#connection.close()
    this.#tray.close()
  }

  /** One question at a time; what changes meanwhile is the next one. */
  async #lookAtQueue(): Promise<void> {
    this.#lookAgain = true
    if (this.#looking) return
    this.#looking = true
    try {
      while (this.#lookAgain) {
        this.#lookAgain = false
        this.#presence.queue(await this.#connection.call('queue.jobs', { runs: [] }))
      }
    } catch {
      // The service is away; its return asks again.
    } finally {
      this.#looking = false
    }
  }

  #keepAwake(on: boolean): boolean {
    if (on) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker)
      this.#blocker = undefined
    }
    return this.#blocker !== undefined && powerSaveBlocker.isStarted(this.#blocker)
  }

  #runTray(action: TrayAction): void {
    const hold = (input: StudioInput<'queue.hold'>): void => {
      // What went wrong is seen in the window, which is asked for where it can be shown.
      this.#connection.call('queue.hold', input).catch(() => this.focus())
    }
    if (action === 'open') this.focus()
    else if (action === 'quit') app.quit()
    else if (action === 'resume') hold({ held: false })
    else hold({ held: true, running: action === 'pauseAll' ? 'pause' : 'goOn' })
  }

  #notify(title: string, body: string): void {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    notification.on('click', () => this.focus())
    notification.show()
  }

  #openGate(): void {
    const own = desktopHandlers({
      home,
      preferences: this.#preferences,
      connection: this.#connection,
      quitGuard: this.#quitGuard,
      mark: this.#mark,
      window: () => this.#window,
    })
    const gate = new IpcGate({
      ownContents: () => this.#window?.webContents,
      handle: async (procedure: GateProcedure, input: unknown) => {
        if (Object.hasOwn(own, procedure)) return own[procedure as keyof typeof own](input as never)
        if (procedure === 'runs.start') checkWindowPaths((input as StudioInput<'runs.start'>).spec, home)
        if (procedure === 'queue.replace') checkWindowPaths((input as StudioInput<'queue.replace'>).spec, home)
        if (procedure === 'queue.add') {
          for (const spec of (input as StudioInput<'queue.add'>).specs) checkWindowPaths(spec, home)
        }
        return this.#connection.call(procedure as StudioProcedure, input as StudioInput<StudioProcedure>)
      },
    })
    gate.attach(ipcMain)
  }

  #openWindow(): void {
    const window = openStudioWindow({
      stateFile: join(this.#folder, 'window-state.json'),
      preload: preloadPath(app.getAppPath()),
    })
    this.#window = window
    window.on('close', (event) => {
      if (!this.#quitGuard.mayClose()) event.preventDefault()
    })
    this.#mark.opened()
    window.on('closed', () => {
      this.#mark.closed()
      this.#window = undefined
    })
    window.webContents.on('render-process-gone', (_event, details) => this.#restoreView(details.reason))
    loadStudio(window).catch((fault: unknown) => {
      dialog.showErrorBox('Strata', `The interface could not be loaded: ${String(fault)}`)
      app.exit(1)
    })
  }

  /** A crashed view loses nothing: everything it showed is in the service. It is loaded again, but not forever. */
  #restoreView(reason: string): void {
    if (!this.#window || reason === 'clean-exit') return
    this.#crashes++
    this.#mark.pageCrashed()
    if (this.#crashes <= 3) {
      this.#window.webContents.reload()
      return
    }
    dialog.showErrorBox('Strata', `The window crashed repeatedly (${reason}). Training goes on in the studio service.`)
    this.#window.destroy()
  }

  #applyPreferences({ theme, language }: Preferences): void {
    nativeTheme.themeSource = theme
    setApplicationMenu({
      language: menuLanguage(language),
      home,
      developerTools: !app.isPackaged,
      command: (command) => this.#tell('desktop.menuCommand', { command }),
    })
    this.#presence.show()
  }

  async #activeRuns(): Promise<{ id: number }[]> {
    if (this.#connection.state.state !== 'connected') return []
    const runs = await this.#connection.call('runs.list', {})
    return runs.filter(({ status }) => status === 'running' || status === 'queued')
  }

  /** False when there is no window that could hear it. */
  #tell<E extends WindowEvent>(event: E, payload: WindowEvents[E]): boolean {
    const contents = this.#window?.webContents
    if (!contents || contents.isDestroyed() || contents.isCrashed()) return false
    contents.send(eventChannel(event), JSON.stringify(payload))
    return true
  }
}

function menuLanguage(language: Preferences['language']): MenuLanguage {
  if (language !== 'system') return language
  return app.getLocale().startsWith('ko') ? 'ko' : 'en'
}

// Electron becomes ready only after this module has run to its end, so it must not wait for that here.
if (app.requestSingleInstanceLock()) void app.whenReady().then(openStudio)
else app.quit()

function openStudio(): void {
  const desktop = new Desktop()
  app.on('second-instance', () => desktop.focus())
  app.on('window-all-closed', () => app.quit())
  app.on('quit', () => desktop.stop())
  desktop.start()
}
