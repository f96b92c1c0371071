/** Files of networks: the dialogs that ask which, and the questions to the service that follow. Paths never reach the page. */
import { basename, join } from 'node:path'
import { app, dialog, type BrowserWindow, type FileFilter } from 'electron'
import type { SavedBlockRecord } from '../../experiments/documents/saved-block.ts'
import { systemFiles } from '../../main/files/file-operations.ts'
import { writeWholeFile } from '../../main/files/write-whole-file.ts'
import type { Handlers } from '../ipc/contract.ts'
import type { DesktopContract, TakenFile } from '../ipc/desktop-contract.ts'
import type { ServiceConnection } from './service-connection.ts'

type NetworkFileProcedure =
  | 'desktop.openNetworks'
  | 'desktop.saveNetwork'
  | 'desktop.exportOnnx'
  | 'desktop.savePicture'
  | 'desktop.openDropped'
  | 'desktop.importBlocks'
  | 'desktop.exportBlock'

const filters = {
  network: { name: 'Strata network', extensions: ['network.json', 'json'] },
  block: { name: 'Strata block', extensions: ['block.json', 'json'] },
  onnx: { name: 'ONNX', extensions: ['onnx'] },
  svg: { name: 'SVG', extensions: ['svg'] },
  png: { name: 'PNG', extensions: ['png'] },
} satisfies Record<string, FileFilter>

export function networkFileHandlers(
  connection: Pick<ServiceConnection, 'call'>,
  window: () => BrowserWindow | undefined,
): Pick<Handlers<DesktopContract>, NetworkFileProcedure> {
  async function askForPlace(name: string, kind: keyof typeof filters): Promise<string | null> {
    const [extension = ''] = filters[kind].extensions
    const options = {
      defaultPath: join(app.getPath('documents'), `${fileNameOf(name)}.${extension}`),
      filters: [filters[kind]],
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

  async function askForFiles(kinds: readonly FileFilter[]): Promise<readonly string[]> {
    const options = {
      properties: ['openFile', 'multiSelections'] as ('openFile' | 'multiSelections')[],
      filters: kinds.map(({ name, extensions }) => ({ name, extensions: [...extensions] })),
    }
    const parent = window()
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options))
    return canceled ? [] : filePaths
  }

  async function take(file: string): Promise<TakenFile> {
    if (/\.block\.json$/i.test(file)) return { block: await connection.call('blocks.importFile', { file }) }
    return { network: await connection.call('documents.openFile', { file }) }
  }

  return {
    'desktop.openNetworks': async () => {
      const all = { name: 'Strata, ONNX', extensions: ['network.json', 'block.json', 'json', 'onnx'] }
      const taken: TakenFile[] = []
      for (const file of await askForFiles([all, filters.network, filters.block, filters.onnx]))
        taken.push(await take(file))
      return taken
    },
    'desktop.openDropped': ({ file }) => take(file),
    'desktop.importBlocks': async () => {
      const taken: SavedBlockRecord[] = []
      for (const file of await askForFiles([filters.block]))
        taken.push(await connection.call('blocks.importFile', { file }))
      return taken
    },
    'desktop.exportBlock': async ({ id }) => {
      const title = (await connection.call('blocks.list', {})).find((block) => block.id === id)?.title ?? ''
      const file = await askForPlace(title, 'block')
      if (file === null) return null
      await connection.call('blocks.exportFile', { id, file })
      return { fileName: basename(file) }
    },
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
