/** One image under many draws of an augmentation list, with the measures that tell when it is too much. */
import { AugmentationPlanner } from '../../experiments/augmentation/augmentation-planner.ts'
import type { AugmentationSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import { ImagePlan, type AugmentationContext } from '../../experiments/augmentation/image-plan.ts'
import {
  leastVisible,
  visibleShare,
  type Plausibility,
  type PlausibilityWarning,
} from '../../experiments/augmentation/plausibility.ts'
import { ImageRenderer } from '../../experiments/augmentation/render-image.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { ImageNorms, type NormImage } from './image-norms.ts'
import { inputShape } from './input-size.ts'
import { openPixelFile, readBytes, readSection } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'
import { balancedSample } from './sample-images.ts'

export interface PreviewRequest {
  readonly dataset: string
  readonly augment: readonly AugmentationSpec[]
  readonly inputSize?: number | undefined
  /** Which of the sample's images. */
  readonly example: number
  readonly draws: number
  readonly seed: number
}

export interface PreviewImage {
  /** 8 bits, row by row, channels last, base64. */
  readonly pixels: string
  readonly label: number
}

export interface AugmentationPreview {
  /** Of the draws. */
  readonly format: { readonly height: number; readonly width: number; readonly channels: number }
  readonly originalFormat: { readonly height: number; readonly width: number; readonly channels: number }
  readonly original: PreviewImage
  /** Images that can be chosen. */
  readonly examples: number
  readonly draws: readonly (Plausibility &
    PreviewImage & { readonly mixedWith: number | null; readonly share: number })[]
  readonly limits: { readonly visible: number; readonly colourDistance: number; readonly classAccuracy: number }
}

interface Sample {
  readonly fingerprint: string
  readonly context: Pick<AugmentationContext, 'source' | 'colours'>
  readonly images: readonly { readonly pixels: Uint8Array; readonly label: number }[]
  readonly norms: ImageNorms
}

const sampleBytes = 48 * 2 ** 20
const mostImages = 1000

/** Keeps the sample of the dataset that is looked at: sliders ask many times a second. */
export class AugmentationPreviewer {
  readonly #options: PrepareOptions
  readonly #samples = new Map<string, Promise<Sample>>()
  readonly #renderer = new ImageRenderer()

  constructor(options: PrepareOptions) {
    this.#options = options
  }

  forget(dataset: string): void {
    this.#samples.delete(dataset)
  }

  async preview(request: PreviewRequest): Promise<AugmentationPreview> {
    const sample = await this.#sample(request.dataset)
    const { source } = sample.context
    const output = inputShape(request, source)
    const context: AugmentationContext = { ...sample.context, output }
    const planner = new AugmentationPlanner(request.augment, request.seed)
    const image = sample.images[request.example % sample.images.length]
    if (!image) throw new StudioError('out-of-range', `${request.dataset} has no training images`, {})
    const original = { pixels: base64(image.pixels), label: image.label }
    const plan = new ImagePlan(context)
    const otherPlan = new ImagePlan(context)
    const plain = sample.norms.looksLike(image.pixels, source)
    const draws = Array.from({ length: request.draws }, (_, draw) => {
      planner.plan(draw + 1, request.example, plan)
      const pixels = this.#render(plan, image.pixels, request, draw + 1, request.example)
      const measures = measure(sample.norms, plan, pixels, { plain, label: image.label })
      const mix = plan.mix
      const other = mix && sample.images[Math.floor(mix.partner * sample.images.length)]
      if (!mix || !other)
        return { ...measures, pixels: base64(toBytes(pixels)), label: image.label, mixedWith: null, share: 1 }
      planner.plan(draw + 1, request.example + 1, otherPlan)
      const partner = this.#render(otherPlan, other.pixels, request, draw + 1, request.example + 1)
      mixPixels(plan, pixels, partner)
      return {
        ...measures,
        pixels: base64(toBytes(pixels)),
        label: image.label,
        mixedWith: other.label,
        share: mix.share,
      }
    })
    const limits = {
      visible: leastVisible,
      colourDistance: sample.norms.colourLimit,
      classAccuracy: sample.norms.accuracy,
    }
    return { format: output, originalFormat: source, original, examples: sample.images.length, draws, limits }
  }

  /** From 0 to 255, channels last. */
  #render(plan: ImagePlan, pixels: Uint8Array, { seed }: PreviewRequest, epoch: number, index: number): Float32Array {
    const { channels } = plan.context.source
    const { height, width } = plan.context.output
    const planes = new Float32Array(channels * height * width)
    const raw = { mean: new Array<number>(channels).fill(0), std: new Array<number>(channels).fill(1 / 255) }
    this.#renderer.render(plan, { pixels, offset: 0 }, { seed, epoch, index }, raw, planes, 0)
    const size = height * width
    return planes.map((_, i) => planes[(i % channels) * size + Math.floor(i / channels)] as number)
  }

  #sample(name: string): Promise<Sample> {
    const known = this.#samples.get(name)
    if (known) return known
    if (this.#samples.size >= 4) this.#samples.clear()
    const made = readSample(name, this.#options)
    this.#samples.set(name, made)
    made.catch(() => this.#samples.delete(name))
    return made
  }
}

function measure(
  norms: ImageNorms,
  plan: ImagePlan,
  pixels: Float32Array,
  { plain, label }: { readonly plain: number | null; readonly label: number },
): Plausibility {
  const { channels } = plan.context.source
  const visible = visibleShare(plan)
  const colourDistance = norms.colourDistance(pixels)
  const looksLike = norms.looksLike(pixels, { ...plan.context.output, channels })
  const warnings: PlausibilityWarning[] = []
  if (visible < leastVisible) warnings.push('out-of-frame')
  if (colourDistance > norms.colourLimit) warnings.push('colour')
  // Only where the original is told rightly can its change mean anything.
  if (plain === label && looksLike !== null && looksLike !== label) warnings.push('label')
  return { visible, colourDistance, looksLike, warnings }
}

function mixPixels({ mix, context }: ImagePlan, pixels: Float32Array, partner: Float32Array): void {
  if (!mix) return
  const { channels } = context.source
  const { width } = context.output
  for (let i = 0; i < pixels.length; i++) {
    const y = Math.floor(i / (width * channels))
    const x = Math.floor(i / channels) % width
    const { top, left, bottom, right } = mix.hole
    const own = mix.mode === 'blend' ? mix.share : y >= top && y < bottom && x >= left && x < right ? 0 : 1
    pixels[i] = own * (pixels[i] as number) + (1 - own) * (partner[i] as number)
  }
}

function readSample(name: string, options: PrepareOptions): Promise<Sample> {
  const source = findDataset(name, options.home)
  return withPreparedFile(source, options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    try {
      const { height, width, channels, classCount, statistics, fingerprint } = index
      const labels = new Uint16Array((await readSection(handle, path, index.train.labels, options.signal)).buffer)
      const imageBytes = height * width * channels
      const count = Math.max(1, Math.min(mostImages, Math.floor(sampleBytes / imageBytes)))
      const images: Sample['images'][number][] = []
      for (const example of balancedSample(labels, classCount, count)) {
        const pixels = await readBytes(handle, path, index.train.pixels.offset + example * imageBytes, imageBytes)
        images.push({ pixels, label: labels[example] as number })
      }
      const norms = new ImageNorms(images satisfies readonly NormImage[], index, classCount)
      return { fingerprint, context: { source: { height, width, channels }, colours: statistics }, images, norms }
    } finally {
      await handle.close()
    }
  })
}

function toBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value))))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}
