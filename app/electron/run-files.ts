/** Files of runs: the dialogs that ask where a report or a bundle goes, or which one comes. Paths never reach the page. */
import { basename, join } from 'node:path'
import { app, dialog, type BrowserWindow } from 'electron'
import { systemFiles } from '../../main/files/file-operations.ts'
import { writeWholeFile } from '../../main/files/write-whole-file.ts'
import type { Handlers } from '../ipc/contract.ts'
import type { DesktopContract } from '../ipc/desktop-contract.ts'
import { fileNameOf } from './network-files.ts'
import type { ServiceConnection } from './service-connection.ts'

const filters = {
  html: { name: 'HTML', extensions: ['html'] },
  csv: { name: 'CSV', extensions: ['csv'] },
  json: { name: 'JSON', extensions: ['json'] },
  strata: { name: 'Strata', extensions: ['strata'] },
}

type RunFileProcedure = 'desktop.saveReport' | 'desktop.saveBundle' | 'desktop.saveTable' | 'desktop.importBundle'

export function runFileHandlers(
  connection: Pick<ServiceConnection, 'call'>,
  window: () => BrowserWindow | undefined,
): Pick<Handlers<DesktopContract>, RunFileProcedure> {
  async function nameOf([first]: readonly number[]): Promise<string> {
    return first === undefined ? '' : (await connection.call('runs.get', { run: first })).name
  }

  async function askForPlace(name: string, kind: keyof typeof filters): Promise<string | null> {
    const options = {
      defaultPath: join(app.getPath('documents'), `${fileNameOf(name)}.${kind}`),
      filters: [filters[kind]],
    }
    const parent = window()
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options))
    if (canceled || filePath === '') return null
    return filePath.toLowerCase().endsWith(`.${kind}`) ? filePath : `${filePath}.${kind}`
  }

  return {
    'desktop.saveReport': async (request) => {
      const file = await askForPlace(await nameOf(request.runs), 'html')
      if (file === null) return null
      await connection.call('runs.report', { ...request, file })
      return { fileName: basename(file) }
    },
    'desktop.saveBundle': async (request) => {
      const file = await askForPlace(await nameOf(request.runs), 'strata')
      if (file === null) return null
      await connection.call('runs.exportBundle', { ...request, file })
      return { fileName: basename(file) }
    },
    'desktop.saveTable': async ({ name, format, text }) => {
      const file = await askForPlace(name, format)
      if (file === null) return null
      writeWholeFile(systemFiles, file, [new TextEncoder().encode(text)])
      return { fileName: basename(file) }
    },
    'desktop.importBundle': async () => {
      const options = { properties: ['openFile'] as 'openFile'[], filters: [filters.strata] }
      const parent = window()
      const { canceled, filePaths } = await (parent
        ? dialog.showOpenDialog(parent, options)
        : dialog.showOpenDialog(options))
      const [file] = filePaths
      return canceled || file === undefined ? null : connection.call('runs.importBundle', { file })
    },
  }
}
