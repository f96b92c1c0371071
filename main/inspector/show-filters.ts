/** The filters of the first convolution as small images: what the network looks for in pixels. */
import type { FirstFilters } from '../../experiments/inspection/inspection-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { TaskInput } from './inspector-protocol.ts'
import { lowerForInference, readWeights } from './network-program.ts'
import { base64 } from './see-image.ts'

const most = 512

/** Each filter around its own zero: middle grey is 0, black and white its largest size. */
export function showFilters({ member }: TaskInput<'filters'>): Promise<FirstFilters> {
  const network = lowerForInference(member.document, 1)
  const kernel = network.weights.find(({ shape }) => shape.length === 4)
  const tensor = kernel && readWeights(member).find(({ name }) => name === kernel.name)
  if (!kernel || !tensor) {
    throw new StudioError('network-structure', 'the network has no convolution: its first layer has no filters to see')
  }
  const [count = 0, depth = 1, height = 1, width = 1] = kernel.shape
  // Filters of other depths have no colours: what they sum up to is shown.
  const channels = depth === 3 ? 3 : 1
  const size = depth * height * width
  const filters = Array.from({ length: Math.min(count, most) }, (_, filter) => {
    const values = tensor.data.subarray(filter * size, (filter + 1) * size)
    const shown = channels === depth ? values : sumOverChannels(values, depth)
    return { norm: Math.hypot(...values), pixels: base64(aroundGrey(shown, channels)) }
  })
  return Promise.resolve({ layer: kernel.node, height, width, channels, filters })
}

function sumOverChannels(values: Float32Array, channels: number): Float32Array {
  const size = values.length / channels
  const sums = new Float32Array(size)
  values.forEach((value, i) => (sums[i % size]! += value))
  return sums
}

/** Channels first to channels last. */
function aroundGrey(values: Float32Array, channels: number): Uint8Array {
  const largest = values.reduce((a, value) => Math.max(a, Math.abs(value)), 0)
  const size = values.length / channels
  return Uint8Array.from(values, (_, i) => {
    const value = values[(i % channels) * size + Math.floor(i / channels)] as number
    return Math.round(127.5 + (largest === 0 ? 0 : (127.5 * value) / largest))
  })
}
