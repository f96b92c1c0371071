/** What a layer makes of what arrives, without a program: enough for a block to see which shortcut fits. */
import { StudioError } from '../errors/studio-error.ts'
import type { LayerDefinition } from '../layers/define-layer.ts'
import type { LayerBuilder } from '../layers/layer-builder.ts'
import type { Value } from '../ops/program.ts'
import { float32, type TensorType } from '../ops/tensor-type.ts'
import type { JsonObject } from '../errors/studio-error.ts'
import type { ImageSize } from './lower-network.ts'

/** Types of the outputs; undefined when the layer does not take these inputs, which lowering will report. */
export function inferOutputs(
  layer: LayerDefinition,
  params: JsonObject,
  inputs: readonly TensorType[],
  images?: ImageSize,
): readonly TensorType[] | undefined {
  if (layer.check(inputs, params).length > 0) return undefined
  try {
    const values = inputs.map(valueOf)
    return layer.lower(shapesOnly(images), values, params).map((value) => value.type)
  } catch (error) {
    if (error instanceof StudioError) return undefined
    throw error
  }
}

/** A builder that infers types and keeps nothing. Only the types of its values mean anything. */
export function shapesOnly(images?: ImageSize): LayerBuilder {
  const declare = (_name: string, shape: readonly number[]) => valueOf(float32(...shape))
  return {
    training: false,
    emit: (op, inputs, attributes) =>
      op
        .shape(
          inputs.map((input) => input.type),
          attributes,
        )
        .map(valueOf),
    images: (channels, height, width) => {
      const size = images ?? { channels, height, width }
      return valueOf(float32(1, size.channels, size.height, size.width))
    },
    weight: declare,
    state: declare,
    random: declare,
    updateState: () => undefined,
    logits: () => undefined,
    auxiliaryLogits: () => undefined,
  }
}

function valueOf(type: TensorType): Value {
  return { id: 0, type }
}
