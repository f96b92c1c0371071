/**
 * Writes an inference graph as an ONNX file. Protobuf ends at 2 GiB: weights beyond that go into a data file beside it, as ONNX's "External
 * data" has it. Each file is whole or absent.
 */
import path from 'node:path'
import type { OnnxGraph, OnnxInitializer } from '../../engines/onnx/onnx-graph.ts'
import { serialiseModel, type ModelDescription } from '../../engines/onnx/onnx-model.ts'
import { systemFiles } from '../../files/file-operations.ts'
import { writeWholeFile } from '../../files/write-whole-file.ts'
import { exportOpset } from './inference-graph.ts'

export interface WrittenModel {
  readonly file: string
  readonly bytes: number
  readonly opset: number
  /** The file of weights beside it, if there had to be one. */
  readonly dataFile: string | null
}

export interface WriteOptions {
  /** Bytes of weights from which on they get a file of their own. Default: what fits into protobuf. */
  readonly externalFrom?: number
}

/** Protobuf's limit, less a generous share for nodes and names. */
const protobufBytes = 2 ** 31 - 2 ** 26
/** Data begins at multiples of a page, so that tools can map it into memory. */
const alignment = 4096
/** Lists that describe shapes stay inside: tools need them to understand the graph. */
const smallestExternal = 1024

/** @throws StudioError `disk-full` or `file-write-failed`; an older file is untouched then */
export function writeOnnxFile(
  file: string,
  graph: OnnxGraph,
  description: ModelDescription,
  { externalFrom = protobufBytes }: WriteOptions = {},
): WrittenModel {
  const weightBytes = graph.initializers.reduce((sum, { data }) => sum + data.byteLength, 0)
  const isExternal = weightBytes >= externalFrom
  const dataFile = `${file}.data`
  const placed = isExternal ? placeOutside(graph.initializers, path.basename(dataFile)) : graph.initializers
  if (isExternal) writeWholeFile(systemFiles, dataFile, externalChunks(placed))
  const model = serialiseModel({ ...graph, initializers: placed }, exportOpset, description)
  const { bytes } = writeWholeFile(systemFiles, file, [model])
  return { file, bytes, opset: exportOpset, dataFile: isExternal ? dataFile : null }
}

function placeOutside(initializers: readonly OnnxInitializer[], location: string): readonly OnnxInitializer[] {
  let end = 0
  return initializers.map((initializer) => {
    const length = initializer.data.byteLength
    if (length < smallestExternal) return initializer
    const offset = Math.ceil(end / alignment) * alignment
    end = offset + length
    return { ...initializer, external: { location, offset, length } }
  })
}

function* externalChunks(initializers: readonly OnnxInitializer[]): Generator<Uint8Array> {
  let at = 0
  for (const { data, external } of initializers) {
    if (!external) continue
    yield new Uint8Array(external.offset - at)
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    at = external.offset + external.length
  }
}
