/** An ONNX file on disk, with the data files beside it, to a network and its weights. */
import fs from 'node:fs'
import path from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import { encodeSafetensors } from '../checkpoints/safetensors.ts'
import { systemFiles } from '../files/file-operations.ts'
import { writeWholeFile, type WrittenFile } from '../files/write-whole-file.ts'
import { importNetwork, type ImportedNetwork } from './import/import-network.ts'
import { ExternalData } from './read/external-data.ts'
import { maxModelBytes, readModel } from './read/read-model.ts'

/**
 * @param input size of the images, where the graph leaves it free
 * @throws StudioError that names the file and every problem of the graph
 */
export function importOnnxFile(file: string, input?: ImageSize): ImportedNetwork {
  const bytes = readModelFile(file)
  const external = new ExternalData(path.dirname(file))
  try {
    const what = path.basename(file)
    const name = what.replace(/\.onnx$/i, '')
    return importNetwork(readModel(bytes, what, external), { what, name, ...(input && { input }) })
  } finally {
    external.close()
  }
}

/** Writes imported weights as a file that runs can begin from. @throws StudioError `disk-full` or `file-write-failed` */
export function writeWeightsFile(
  file: string,
  { document, weights, ending }: ImportedNetwork,
  source: string,
): WrittenFile {
  const metadata = {
    format: 'strata-weights',
    formatVersion: '1',
    network: document.name,
    source: path.basename(source),
    ending,
  }
  return writeWholeFile(systemFiles, file, encodeSafetensors({ metadata, tensors: weights }))
}

function readModelFile(file: string): Uint8Array {
  try {
    const stats = fs.statSync(file)
    if (!stats.isFile())
      throw new StudioError('file-unreadable', `${file} is not a file; expected an ONNX file`, { file })
    if (stats.size > maxModelBytes) {
      throw new StudioError('too-large', `${file} has ${stats.size} bytes; an ONNX file has less than 2 GiB`, { file })
    }
    return fs.readFileSync(file)
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new StudioError('file-not-found', `${file} does not exist; check the path`, { file }, cause)
    throw new StudioError('file-unreadable', `${file} cannot be read: ${message}`, { file }, cause)
  }
}
