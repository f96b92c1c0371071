/** *.network.json and *.block.json files: read with everything checked, written whole or not at all. */
import fs from 'node:fs'
import path from 'node:path'
import { readBlock } from '../../experiments/documents/read-block.ts'
import { readDrawing } from '../../experiments/documents/read-drawing.ts'
import type { SavedBlock } from '../../experiments/documents/saved-block.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import { systemFiles } from '../files/file-operations.ts'
import { writeWholeFile } from '../files/write-whole-file.ts'

/** Of the largest network that the format allows, with room to spare. */
const maxBytes = 64 * 2 ** 20

/** @throws StudioError that names the file and what is wrong in it */
export function readNetworkFile(file: string): NetworkDocument {
  const what = path.basename(file)
  return readDrawing(parseJson(readText(file, what), what), what)
}

/** @throws StudioError that names the file and what is wrong in it */
export function readBlockFile(file: string): SavedBlock {
  const what = path.basename(file)
  return readBlock(parseJson(readText(file, what), what), what)
}

/** @throws StudioError `disk-full` or `file-write-failed`; the file is as it was then */
export function writeNetworkFile(file: string, content: NetworkDocument | SavedBlock): void {
  writeTextFile(file, `${JSON.stringify(content, null, 1)}\n`)
}

/** @throws StudioError `disk-full` or `file-write-failed`; the file is as it was then */
export function writeTextFile(file: string, text: string): void {
  writeWholeFile(systemFiles, file, [new TextEncoder().encode(text)])
}

function readText(file: string, what: string): string {
  try {
    const stats = fs.statSync(file)
    if (!stats.isFile()) {
      throw new StudioError(
        'file-unreadable',
        `${what} is not a file; expected a *.network.json, *.block.json or *.onnx file`,
        {
          file,
        },
      )
    }
    if (stats.size > maxBytes) {
      throw new StudioError('too-large', `${what} has ${stats.size} bytes; a network file has at most ${maxBytes}`, {
        file,
      })
    }
    return fs.readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new StudioError('file-not-found', `${what} does not exist any more`, { file }, cause)
    throw new StudioError('file-unreadable', `${what} cannot be read: ${message}`, { file }, cause)
  }
}
