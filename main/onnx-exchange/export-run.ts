/** A run's network with the weights of a checkpoint as an ONNX file that says which run, classes and normalisation belong to it. */
import type { RunDetail } from '../../experiments/runs/run-record.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { readCheckpoint, type CheckpointReference } from '../checkpoints/checkpoint-file.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { systemFiles } from '../files/file-operations.ts'
import { describeModel, type ModelData } from './export/describe-model.ts'
import { inferenceGraph, type ExportOptions } from './export/inference-graph.ts'
import { writeOnnxFile, type WrittenModel } from './export/write-onnx-file.ts'

export interface RunExport extends ExportOptions {
  readonly run: RunDetail
  readonly checkpoint: CheckpointReference & { readonly epoch: number }
  /** Folder of the run's checkpoints. */
  readonly checkpointFolder: string
  readonly home: string
  /** Version of the studio. */
  readonly studio: string
  readonly file: string
}

/** @throws StudioError when checkpoint or dataset cannot be read, or the file cannot be written */
export async function exportRun(request: RunExport): Promise<WrittenModel> {
  const { run, checkpoint, checkpointFolder, home, studio, file, softmax = false } = request
  const document = parseNetworkDocumentOrThrow(run.networkDocument)
  const { tensors } = readCheckpoint(systemFiles, checkpointFolder, checkpoint)
  const data = await dataOf(run, home)
  const graph = inferenceGraph(document, tensors, { softmax })
  const origin = { studio, network: document.name, run: { id: run.id, name: run.name, epoch: checkpoint.epoch }, data }
  return writeOnnxFile(file, graph, describeModel(origin, { softmax }))
}

async function dataOf(run: RunDetail, home: string): Promise<ModelData> {
  const { name, classes, fingerprint, statistics } = await openDataset(run.spec.data.dataset, { home })
  return { dataset: name, classes, fingerprint, mean: [...statistics.mean], std: [...statistics.std] }
}
