/**
 * A network as a row of slabs, the way papers draw it: the height of a slab follows the size of its feature maps, its width their number.
 * Both logarithmic, since sizes halve and numbers double. Layers that change neither add nothing to see and are left out.
 */
import type { LayerAnalysis } from '../../../experiments/analysis/analyze-network.ts'
import { layerOf } from '../../../experiments/layers/registry.ts'

export interface Slab {
  /** Of the first layer that it stands for. */
  readonly id: string
  readonly category: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Silhouette {
  readonly slabs: readonly Slab[]
  readonly width: number
  readonly height: number
}

export const silhouetteHeight = 100

const seen = new Set<string | undefined>(['input', 'convolution', 'pooling', 'dense'])

export function drawSilhouette(layers: readonly LayerAnalysis[], gap = 3): Silhouette {
  return place(layers.filter(isSeen).map(slabOf), gap)
}

/** For pictures of a few pixels: neighbours of the same kind and size are one slab, wider where they are many. */
export function drawMiniature(layers: readonly LayerAnalysis[], gap = 4): Silhouette {
  const stages: { slab: Omit<Slab, 'x' | 'y'>; count: number }[] = []
  for (const slab of layers.filter(isSeen).map(slabOf)) {
    const last = stages.at(-1)
    if (last?.slab.category === slab.category && last.slab.height === slab.height) last.count++
    else stages.push({ slab, count: 1 })
  }
  return place(
    stages.map(({ slab, count }) => ({ ...slab, width: slab.width * (1 + 0.45 * Math.log2(count)) })),
    gap,
  )
}

function place(slabs: readonly Omit<Slab, 'x' | 'y'>[], gap: number): Silhouette {
  let x = 0
  const placed = slabs.map((slab): Slab => {
    const at = { ...slab, x, y: (silhouetteHeight - slab.height) / 2 }
    x += slab.width + gap
    return at
  })
  return { slabs: placed, width: Math.max(1, x - gap), height: silhouetteHeight }
}

function slabOf({ id, type, outputShape }: LayerAnalysis): Omit<Slab, 'x' | 'y'> {
  const [channels = 1, height = 1] = outputShape
  // A vector stands upright: its length is a height, and it is thin.
  const flat = outputShape.length < 2
  const tall = flat ? 14 + 5 * Math.log2(channels + 1) : 12 + 11 * Math.log2(height + 1)
  const wide = flat ? 4 : 2.5 + 1.9 * Math.log2(channels + 1)
  return { id, category: layerOf(type)?.category ?? 'other', width: wide, height: Math.min(silhouetteHeight, tall) }
}

function isSeen({ type, outputShape }: LayerAnalysis): boolean {
  return outputShape.length > 0 && seen.has(layerOf(type)?.category)
}
