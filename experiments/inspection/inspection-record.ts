/** What is seen inside of a network, as it travels to the window. Pixels and maps are 8 bits, row by row, base64. */
import { z } from 'zod'
import { evaluationMember } from '../evaluation/evaluation-record.ts'

const count = z.int().min(0)

/** What the network looks at: an example of its dataset, or an image of the user's in the size of the dataset. */
export const imageSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('example'), split: z.enum(['test', 'train']), example: count }),
  /** Channels last, as many as the dataset's images have. */
  z.strictObject({ kind: z.literal('pixels'), pixels: z.base64().max(64 * 2 ** 20) }),
])
export type ImageSource = z.output<typeof imageSource>

export const insideQuestion = z.strictObject({ member: evaluationMember, image: imageSource })

const seenImage = z.object({
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  /** What the network sees: of a larger image the middle. Channels last. */
  pixels: z.string(),
  /** Class of the example; null for an image of the user's. */
  label: count.nullable(),
  /** All classes, the most probable first. */
  top: z.array(z.object({ label: count, probability: z.number() })),
})
export type SeenImage = z.infer<typeof seenImage>

export const featureMaps = z.object({
  image: seenImage,
  layer: z.string(),
  /** Of the layer's output without the batch. */
  shape: z.array(z.int()),
  height: z.int(),
  width: z.int(),
  /** Channels of the layer; `maps` holds the first of them. */
  channels: z.int(),
  /** Share of all values that are exactly 0. */
  zeroShare: z.number(),
  /** Each scaled from its own smallest to its largest value. */
  maps: z.array(z.object({ channel: count, low: z.number(), high: z.number(), pixels: z.string() })),
})
export type FeatureMaps = z.infer<typeof featureMaps>

export const gradCam = z.object({
  image: seenImage,
  /** The class that is explained. */
  target: count,
  layer: z.string(),
  height: z.int(),
  width: z.int(),
  /** From 0 to 1 by position, row by row. */
  values: z.array(z.number()),
})
export type GradCam = z.infer<typeof gradCam>

export const occlusionMap = z.object({
  image: seenImage,
  target: count,
  /** Probability of the class for the whole image. */
  probability: z.number(),
  /** Side of the grey square in pixels. */
  size: z.int(),
  height: z.int(),
  width: z.int(),
  /** By how much the probability falls with the square there, row by row. */
  drops: z.array(z.number()),
})
export type OcclusionMap = z.infer<typeof occlusionMap>

export const firstFilters = z.object({
  layer: z.string(),
  height: z.int(),
  width: z.int(),
  /** 3 where filters see colours, else 1. */
  channels: z.int(),
  /** Each around its own zero, which is the middle grey. */
  filters: z.array(z.object({ norm: z.number(), pixels: z.string() })),
})
export type FirstFilters = z.infer<typeof firstFilters>

const box = z.object({ top: z.int(), left: z.int(), height: z.int(), width: z.int() })

export const unitExamples = z.object({
  layer: z.string(),
  /** Channels or features of the layer. */
  units: z.int(),
  /** Units that no example activates. */
  dead: z.array(count),
  /** Test images that were looked at, evenly taken from all. */
  scanned: z.int(),
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  shown: z.array(
    z.object({
      unit: count,
      /** Share of the examples that activate it anywhere. */
      activeShare: z.number(),
      /** The strongest first. */
      examples: z.array(
        z.object({
          example: count,
          label: count,
          value: z.number(),
          /** The part of the image that the unit sees there; null where it sees all. */
          box: box.nullable(),
          pixels: z.string(),
        }),
      ),
    }),
  ),
})
export type UnitExamples = z.infer<typeof unitExamples>

export const histogram = z.object({ low: z.number(), high: z.number(), counts: z.array(count) })
export type Histogram = z.infer<typeof histogram>

const weightStatistics = z.object({
  /** Name of the weight, `conv1.kernel`. */
  name: z.string(),
  node: z.string(),
  values: z.int(),
  norm: z.number(),
  gradientNorm: z.number(),
  /** Norm of the change by one step, divided by that of the weight. */
  updateRatio: z.number(),
  histogram,
  gradientHistogram: histogram,
})
export type WeightStatistics = z.infer<typeof weightStatistics>

const activationStatistics = z.object({
  node: z.string(),
  mean: z.number(),
  deviation: z.number(),
  zeroShare: z.number(),
  units: z.int(),
  /** Units that are 0 for every example of the batch. */
  dead: z.int(),
  histogram,
})
export type ActivationStatistics = z.infer<typeof activationStatistics>

/** How the layers of a network stand at one moment of its training, measured on a batch of its training images. */
export const layerStatistics = z.object({
  epoch: count,
  step: count,
  /** Examples of the batch. */
  examples: z.int(),
  loss: z.number().nullable(),
  /** Largest weight of each layer, in the order of the network. */
  weights: z.array(weightStatistics),
  activations: z.array(activationStatistics),
})
export type LayerStatistics = z.infer<typeof layerStatistics>
