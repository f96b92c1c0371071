/** The studio's one window: confined, in the theme's colour from the first pixel on, where it was last time. */
import { join } from 'node:path'
import { BrowserWindow, nativeTheme, screen } from 'electron'
import { appUrl } from './app-origin.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'
import { placeWindow, smallestSize, windowState, type WindowState } from './window-state.ts'

/** Equal to the token `--bg` of the interface. */
const backgroundColour = { dark: '#0d0f13', light: '#f5f6f8' } as const

export interface StudioWindowOptions {
  readonly stateFile: string
  readonly preload: string
}

export function openStudioWindow({ stateFile, preload }: StudioWindowOptions): BrowserWindow {
  const remembered = readJsonFile<WindowState>(stateFile, windowState)
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea)
  const window = new BrowserWindow({
    ...placeWindow(remembered, areas),
    minWidth: smallestSize.width,
    minHeight: smallestSize.height,
    title: 'Strata',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: currentBackground(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  })
  if (remembered?.maximised) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.webContents.once('did-finish-load', () => window.webContents.setZoomLevel(remembered?.zoom ?? 0))
  keepState(window, stateFile)
  const repaint = (): void => window.setBackgroundColor(currentBackground())
  nativeTheme.on('updated', repaint)
  window.once('closed', () => nativeTheme.off('updated', repaint))
  return window
}

export function loadStudio(window: BrowserWindow): Promise<void> {
  return window.loadURL(appUrl)
}

export function preloadPath(appPath: string): string {
  return join(appPath, 'out', 'electron', 'preload.cjs')
}

function currentBackground(): string {
  return nativeTheme.shouldUseDarkColors ? backgroundColour.dark : backgroundColour.light
}

function keepState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined
  const write = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed() || window.isMinimized()) return
    const bounds = window.getNormalBounds()
    const state: WindowState = {
      ...bounds,
      maximised: window.isMaximized(),
      zoom: window.webContents.getZoomLevel(),
    }
    writeJsonFile(file, state)
  }
  // Moving reports every pixel; the last word within a moment is enough, and closing writes at once.
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(write, 400)
  }
  window.on('resize', soon)
  window.on('move', soon)
  window.webContents.on('zoom-changed', soon)
  window.on('close', write)
}
