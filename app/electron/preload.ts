/**
 * Runs before the page, with Electron's API in reach; the page gets only this: ask and listen, by the names of the contracts, and hand in a dropped file. Nothing of
 * Electron itself is passed on, and a listener sees the payload alone.
 */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import {
  callChannel,
  eventChannel,
  windowEvents,
  windowProcedures,
  type PreloadProcedure,
  type Reply,
  type WindowBridge,
} from '../ipc/window-bridge.ts'

const procedures = new Set<string>(windowProcedures)
const events = new Set<string>(windowEvents)

const bridge: WindowBridge = {
  call(procedure, input) {
    if (!procedures.has(procedure)) {
      const error = { code: 'unknown-procedure', message: `there is no procedure "${procedure}"`, details: {} }
      return Promise.resolve({ ok: false, error })
    }
    return ipcRenderer.invoke(callChannel(procedure), input) as Promise<Reply>
  },
  on(event, listener) {
    if (!events.has(event)) throw new Error(`there is no event "${event}"`)
    const forward = (_event: IpcRendererEvent, payload: string): void => listener(payload)
    ipcRenderer.on(eventChannel(event), forward)
    return () => {
      ipcRenderer.removeListener(eventChannel(event), forward)
    }
  },
  takeDrop: (file) => passDrop('desktop.takeDrop', file),
  openDropped: (file) => passDrop('desktop.openDropped', file),
}

function passDrop(procedure: PreloadProcedure, file: File): Promise<Reply> {
  // Empty for a file that a page made itself: only the system gives one a path.
  const path = pathOf(file)
  if (path === '') {
    const error = { code: 'invalid-message', message: 'this was not dropped from the file system', details: {} }
    return Promise.resolve({ ok: false, error })
  }
  return ipcRenderer.invoke(callChannel(procedure), { file: path }) as Promise<Reply>
}

function pathOf(file: File): string {
  try {
    return webUtils.getPathForFile(file)
  } catch {
    return ''
  }
}

contextBridge.exposeInMainWorld('strata', Object.freeze(bridge))
