/** A document as an ONNX file: with the weights that it came with where they still fit, and initial ones elsewhere. */
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { describeModel } from '../onnx-exchange/export/describe-model.ts'
import { inferenceGraph } from '../onnx-exchange/export/inference-graph.ts'
import { writeOnnxFile, type WrittenModel } from '../onnx-exchange/export/write-onnx-file.ts'
import { weightsFor } from './document-tensors.ts'

export interface DocumentExport {
  readonly document: NetworkDocument
  /** The weights that it came with; empty when it came with none. */
  readonly tensors: readonly NamedTensor[]
  /** Where those are from, in words. */
  readonly source: string | undefined
  readonly file: string
  readonly softmax: boolean
  /** Of the initial weights. */
  readonly seed: number
  /** Version of the studio. */
  readonly studio: string
}

export type ExportedDocument = WrittenModel & {
  /** Layers with the weights that the document came with. */
  readonly fitting: number
  /** Layers with initial weights. */
  readonly initial: number
}

/** @throws StudioError with the problems of the network, or when the file cannot be written */
export function exportDocument(request: DocumentExport): ExportedDocument {
  const { document, source, file, softmax, seed, studio } = request
  const { tensors, fit } = weightsFor(document, request.tensors, seed)
  const weights = fit.fitting.length > 0 && source !== undefined ? `weights of ${source}` : 'initial weights'
  const description = describeModel({ studio, network: document.name, weights }, { softmax })
  const written = writeOnnxFile(file, inferenceGraph(document, tensors, { softmax }), description)
  return { ...written, fitting: fit.fitting.length, initial: fit.changed.length }
}
