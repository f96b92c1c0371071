/** A network as the command line names it: an id of the zoo, a *.network.json file, or an *.onnx file. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { importOnnxFile } from '../../main/onnx-exchange/import-onnx-file.ts'
import { readJsonFile } from './experiment-file.ts'

export interface NetworkSize {
  readonly input?: ImageSize
  readonly classes?: number
}

export function readNetwork(name: string, size: NetworkSize): NetworkDocument {
  if (name.endsWith('.json')) return parseNetworkDocumentOrThrow(readJsonFile(name), name)
  if (/\.onnx$/i.test(name)) return importOnnxFile(name, size.input).document
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new StudioError('usage', `"${name}" is neither a zoo id nor a *.network.json or *.onnx file`, { name })
  }
  return zooNetwork(name, size)
}
