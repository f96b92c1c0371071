/** ONNX's light models with their expected outputs, as they are or with random weights in place of their constant ones. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import type { ModelTensor } from '../engines/onnx/run-model.ts'
import {
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type TensorProto,
} from '../engines/onnx/proto/onnx_pb.ts'
import { randomFloats } from './close-numbers.fixture.ts'
import { readModel } from './read/read-model.ts'

const folder = path.join(import.meta.dirname, 'fixtures', 'light')

export const lightModels = [
  'bvlc_alexnet',
  'densenet121',
  'inception_v1',
  'inception_v2',
  'resnet50',
  'shufflenet',
  'squeezenet',
  'vgg19',
  'zfnet512',
] as const
export type LightModel = (typeof lightModels)[number]

export function lightBytes(name: LightModel): Uint8Array {
  return new Uint8Array(readFileSync(path.join(folder, `light_${name}.onnx`)))
}

export function expectedOutput(name: LightModel): Float32Array {
  const bytes = readFileSync(path.join(folder, `light_${name}_output_0.pb`))
  const { rawData, floatData } = fromBinary(TensorProtoSchema, bytes)
  return floatData.length > 0 ? Float32Array.from(floatData) : new Float32Array(new Uint8Array(rawData).buffer)
}

/** The input of ONNX's backend tests. */
export function dummyImages(): ModelTensor {
  const shape = [1, 3, 224, 224]
  const count = elementCount(shape)
  return { shape, data: Float32Array.from({ length: count }, (_, i) => i / count) }
}

/**
 * Constant weights give every class the same score; with random ones a layer in the wrong place shows. Without the softmax at the end, which
 * would let one class win.
 */
export function withRandomWeights(name: LightModel): Uint8Array {
  const model = fromBinary(ModelProtoSchema, lightBytes(name))
  const { graph } = model
  if (!graph) throw new Error(`${name} has no graph`)
  const { initializers } = readModel(lightBytes(name), name)
  const shapeOf = (shape: string): readonly number[] => {
    const tensor = initializers.get(shape)
    return tensor?.kind === 'integers' ? tensor.values.map(Number) : []
  }
  const made = graph.node.filter(({ opType }) => opType === 'ConstantOfShape')
  graph.node = graph.node.filter(({ opType }) => opType !== 'ConstantOfShape')
  const last = graph.node.at(-1)
  if (last?.opType === 'Softmax') last.opType = 'Identity'
  graph.initializer.push(...made.map(({ input, output }) => randomTensor(output[0] ?? '', shapeOf(input[0] ?? ''))))
  return toBinary(ModelProtoSchema, model)
}

/** Kernels keep the size of signals; lists may be variances, so they are positive. */
function randomTensor(name: string, shape: readonly number[]): TensorProto {
  const fanIn = elementCount(shape.slice(1))
  const drawn = randomFloats(name, elementCount(shape), shape.length > 1 ? Math.sqrt(2 / fanIn) : 0.1)
  const data = shape.length > 1 ? drawn : drawn.map((value) => 0.5 + Math.abs(value))
  return create(TensorProtoSchema, {
    name,
    dataType: TensorProto_DataType.FLOAT,
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer),
  })
}
