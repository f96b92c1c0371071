/** Files of networks: the dialogs that ask which, and the questions to the service that follow. Paths never reach the page. */
import { basename, join } from 'node:path'
import { app, dialog, type BrowserWindow, type FileFilter } from 'electron'
import { systemFiles } from '../../main/files/file-operations.ts'
import { writeWholeFile } from '../../main/files/write-whole-file.ts'
import type { Handlers } from '../ipc/contract.ts'
import type { OpenedFile } from '../ipc/contracts/documents-contract.ts'
import type { DesktopContract } from '../ipc/desktop-contract.ts'
import type { ServiceConnection } from './service-connection.ts'

type NetworkFileProcedure =
  'desktop.openNetworks' | 'desktop.saveNetwork' | 'desktop.exportOnnx' | 'desktop.savePicture' | 'desktop.openDropped'

const filters = {
  network: { name: 'Strata network', extensions: ['network.json', 'json'] },
  onnx: { name: 'ONNX', extensions: ['onnx'] },
  svg: { name: 'SVG', extensions: ['svg'] },
  png: { name: 'PNG', extensions: ['png'] },
} as const satisfies Record<string, FileFilter>

export function networkFileHandlers(
  connection: Pick<ServiceConnection, 'call'>,
  window: () => BrowserWindow | undefined,
): Pick<Handlers<DesktopContract>, NetworkFileProcedure> {
  async function askForPlace(name: string, kind: keyof typeof filters): Promise<string | null> {
    const [extension] = filters[kind].extensions
    const options = {
      defaultPath: join(app.getPath('documents'), `${fileNameOf(name)}.${extension}`),
      filters: [{ ...filters[kind], extensions: [...filters[kind].extensions] }],
    }
    const parent = window()
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options))
    if (canceled || filePath === '') return null
    return filePath.toLowerCase().endsWith(`.${extension.split('.').at(-1)}`) ? filePath : `${filePath}.${extension}`
  }

  const nameOf = async (id: number): Promise<string> =>
    (await connection.call('documents.list', {})).documents.find((record) => record.id === id)?.name ?? ''

  return {
    'desktop.openNetworks': async () => {
      const options = {
        properties: ['openFile', 'multiSelections'] as ('openFile' | 'multiSelections')[],
        filters: [
          { name: 'Strata, ONNX', extensions: ['network.json', 'json', 'onnx'] },
          { ...filters.network, extensions: [...filters.network.extensions] },
          { ...filters.onnx, extensions: [...filters.onnx.extensions] },
        ],
      }
      const parent = window()
      const { canceled, filePaths } = await (parent
        ? dialog.showOpenDialog(parent, options)
        : dialog.showOpenDialog(options))
      if (canceled) return []
      const opened: OpenedFile[] = []
      for (const file of filePaths) opened.push(await connection.call('documents.openFile', { file }))
      return opened
    },
    'desktop.openDropped': ({ file }) => connection.call('documents.openFile', { file }),
    'desktop.saveNetwork': async ({ id, as }) => {
      const { documents } = await connection.call('documents.list', {})
      const record = documents.find((candidate) => candidate.id === id)
      if (record && record.fileName !== null && !as) return connection.call('documents.saveFile', { id })
      const file = await askForPlace(record?.name ?? '', 'network')
      return file === null ? null : connection.call('documents.saveFile', { id, file })
    },
    'desktop.exportOnnx': async (request) => {
      const file = await askForPlace(await nameOf(request.id), 'onnx')
      if (file === null) return null
      const written = await connection.call('documents.exportOnnx', { ...request, file })
      return { ...written, fileName: basename(file) }
    },
    'desktop.savePicture': async ({ name, picture }) => {
      const file = await askForPlace(name, picture.format)
      if (file === null) return null
      const bytes = picture.format === 'svg' ? new TextEncoder().encode(picture.text) : picture.bytes
      writeWholeFile(systemFiles, file, [bytes])
      return { fileName: basename(file) }
    },
  }
}

/** A name as every file system takes it. */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} ._()-]+/gu, '-')
    .replaceAll(/^[. ]+|[. ]+$/g, '')
  return plain.slice(0, 120) || 'network'
}
