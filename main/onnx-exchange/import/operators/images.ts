/** Operators that change the size of images: Pad, Slice as a crop, Resize and Upsample by whole factors. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import { floatData } from '../../read/constant-tensor.ts'
import { singleNumber } from '../float-tensors.ts'
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import { wholeView } from '../view.ts'
import type { OperatorTable } from './operator-rule.ts'
import { axisIn } from './shape-rules.ts'

export const imageRules: OperatorTable = { Pad: pad, Slice: crop, Resize: resize, Upsample: upsample }

/** Amounts are an attribute before opset 11, and may name their axes from opset 18 on. */
function pad(call: NodeCall): ImportValue {
  const mode = call.text('mode', 'constant')
  if (mode !== 'constant') throw unsupported(`it pads in mode "${mode}"; zeros are known`)
  const value = call.floats(2)
  const filled = value ? singleNumber(value) : call.float('value', 0)
  if (filled !== 0) throw unsupported(`it pads with ${filled ?? 'several numbers'}; zeros are known`)
  const amounts = call.numbers('pads', 1) ?? []
  const axes = (call.numbers('axes', 3) ?? [0, 1, 2, 3]).map((axis) => axisIn(axis, 4))
  if (amounts.length !== 2 * axes.length)
    throw new StudioError('shape-mismatch', `it has ${amounts.length} pads for ${axes.length} axes`)
  const at = (axis: number): readonly [number, number] => {
    const place = axes.indexOf(axis)
    return place < 0 ? [0, 0] : [amounts[place] ?? 0, amounts[place + axes.length] ?? 0]
  }
  if (amounts.some((amount) => amount < 0)) throw unsupported('it has negative pads, which cut; cut with Slice instead')
  if (at(0).some((amount) => amount !== 0)) throw unsupported('it adds examples to the batch')
  if (amounts.every((amount) => amount === 0)) return call.viewed(0, call.activation(0).view)
  const [[top, bottom], [left, right]] = [at(2), at(3)]
  const [channelsBefore, channelsAfter] = at(1)
  const params = { padding: [top, right, bottom, left], channelsBefore, channelsAfter }
  return call.result(call.add('zero-pad', { params, inputs: [call.images(0)] }))
}

/** Attributes before opset 10. */
function crop(call: NodeCall): ImportValue {
  const image = call.images(0)
  const starts = call.numbers('starts', 1) ?? []
  const ends = call.numbers('ends', 2) ?? []
  const axes = (call.numbers('axes', 3) ?? starts.map((_, i) => i)).map((axis) => axisIn(axis, 4))
  const steps = call.numbers('steps', 4) ?? []
  if (steps.some((step) => step !== 1)) throw unsupported('it takes every second or so; cutting borders off is known')
  const borders = [0, 0, 0, 0]
  axes.forEach((axis, i) => {
    const size = image.shape[axis - 1] ?? 0
    const place = (value: number) => Math.min(size, Math.max(0, value < 0 ? value + size : value))
    const before = place(starts[i] ?? 0)
    const after = size - place(ends[i] ?? size)
    if (axis < 2) {
      if (axis === 0 ? (starts[i] ?? 0) !== 0 || (ends[i] ?? 0) < 2 ** 31 - 1 : before + after > 0) {
        throw unsupported('it cuts the batch or the channels; cutting borders of images is known')
      }
      return
    }
    borders[axis === 2 ? 0 : 3] = before
    borders[axis === 2 ? 2 : 1] = after
  })
  if (borders.every((border) => border === 0)) return call.viewed(0, wholeView(image.shape))
  return call.result(call.add('crop', { params: { borders }, inputs: [image] }))
}

function resize(call: NodeCall): ImportValue {
  const mode = call.text('mode', 'nearest')
  const coordinates = call.text('coordinate_transformation_mode', 'half_pixel')
  const rounding = call.text('nearest_mode', 'round_prefer_floor')
  for (const name of ['cubic_coeff_a', 'extrapolation_value']) call.float(name, 0)
  call.integer('exclude_outside', 0)
  call.expectInteger('antialias', 0, 'the layer has no filter')
  const halfPixel = ['half_pixel', 'pytorch_half_pixel'].includes(coordinates)
  const repeats = (halfPixel && rounding.startsWith('round')) || (coordinates === 'asymmetric' && rounding === 'floor')
  if (mode === 'nearest' && !repeats)
    throw unsupported(`it takes the nearest pixel by ${coordinates} and ${rounding}; repeating pixels is known`)
  if (mode !== 'nearest' && !(mode === 'linear' && halfPixel))
    throw unsupported(`it resizes in mode ${mode}, ${coordinates}; nearest, or linear with half_pixel, are known`)
  // Opset 10 has no region of interest between the image and the scales.
  const scales = call.opset < 11 ? call.floats(1) : call.floats(2)
  const image = call.images(0)
  if (scales && scales.shape[0] !== 0) return enlarge(call, [...floatData(scales)], mode)
  const sizes = call.integerTensor(3)?.values ?? []
  return enlarge(call, [1, ...sizes.slice(1).map((size, i) => Number(size) / (image.shape[i] ?? 1))], mode)
}

/** The operator of opsets 7 to 9. */
function upsample(call: NodeCall): ImportValue {
  const mode = call.text('mode', 'nearest')
  if (mode !== 'nearest') throw unsupported(`it enlarges in mode ${mode}; nearest is known`)
  const scales = call.floats(1)
  const attribute = call.floatList('scales')
  return enlarge(call, scales ? [...floatData(scales)] : (attribute ?? []), mode)
}

function enlarge(call: NodeCall, scales: readonly number[], mode: string): ImportValue {
  const [batch, channels, ...factor] = scales
  const isWhole = factor.length === 2 && factor.every((value) => Number.isSafeInteger(value) && value >= 1)
  if (batch !== 1 || channels !== 1 || !isWhole)
    throw unsupported(`it scales by ${scales.join(', ')}; whole factors for height and width are known`)
  const params = { factor, ...(mode === 'nearest' ? {} : { method: 'bilinear' }) }
  return call.result(call.add('upsample', { params, inputs: [call.images(0)] }))
}
