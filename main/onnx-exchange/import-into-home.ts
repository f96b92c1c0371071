/** Imports an ONNX file for the window: the document goes to it, the weights stay in the home folder under their hash. */
import fs from 'node:fs'
import path from 'node:path'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import { pinnedFile } from '../weights/pinned-weights.ts'
import { importOnnxFile, writeWeightsFile } from './import-onnx-file.ts'
import type { Ending } from './import/import-value.ts'

export interface OnnxImport {
  readonly document: Record<string, unknown>
  readonly weights: { readonly file: string; readonly sha256: string }
  readonly ending: Ending
  readonly warnings: { readonly path: string; readonly message: string }[]
}

/** @throws StudioError as `importOnnxFile`, or `disk-full` and `file-write-failed` */
export function importOnnx(home: string, file: string, input?: ImageSize): OnnxImport {
  const imported = importOnnxFile(file, input)
  const draft = path.join(path.dirname(pinnedFile(home, '')), `import-${process.pid}.safetensors`)
  const { sha256 } = writeWeightsFile(draft, imported, file)
  const weights = pinnedFile(home, sha256)
  fs.renameSync(draft, weights)
  return {
    document: { ...imported.document },
    weights: { file: weights, sha256 },
    ending: imported.ending,
    warnings: imported.warnings.map((warning) => ({ path: warning.path, message: warning.message })),
  }
}
