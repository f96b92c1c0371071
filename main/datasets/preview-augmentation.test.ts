import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { augmentationPreset, augmentationWith } from '../../experiments/augmentation/presets.ts'
import type { AugmentationSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import { AugmentationPreviewer } from './preview-augmentation.ts'

let home: string
let previewer: AugmentationPreviewer
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'strata-preview-'))
  previewer = new AugmentationPreviewer({ home })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const preview = (augment: readonly AugmentationSpec[], draws = 24, seed = 1) =>
  previewer.preview({ dataset: 'shapes', augment, example: 3, draws, seed })

describe('the preview of an augmentation', () => {
  it('without operations shows the original, as training would see it', async () => {
    const { draws, original, format } = await preview([], 3)
    expect(format).toEqual({ height: 32, width: 32, channels: 3 })
    for (const draw of draws) {
      expect(draw).toMatchObject({ pixels: original.pixels, visible: 1, warnings: [], mixedWith: null })
    }
  })

  it('draws differently each time, the same for the same seed, and leaves a mild list in peace', async () => {
    const list = augmentationPreset('cifar', 32, false)
    const first = await preview(list)
    expect(new Set(first.draws.map(({ pixels }) => pixels)).size).toBeGreaterThan(12)
    expect(await preview(list)).toEqual(first)
    expect((await preview(list, 24, 2)).draws).not.toEqual(first.draws)
    expect(first.draws.flatMap(({ warnings }) => warnings)).toEqual([])
  })

  it('warns of a colour that no image of the data has, with distance and limit', async () => {
    const { draws, limits } = await preview([augmentationWith('colour-shift', { strength: 1 })])
    const foreign = draws.filter(({ warnings }) => warnings.includes('colour'))
    expect(foreign.length).toBeGreaterThan(4)
    for (const draw of draws) expect(draw.warnings.includes('colour')).toBe(draw.colourDistance > limits.colourDistance)
    const mild = await preview([augmentationWith('colour-shift', { strength: 0.03 })])
    expect(mild.draws.flatMap(({ warnings }) => warnings)).toEqual([])
  })

  it('warns of an object that is mostly out of the frame or covered', async () => {
    const moved = await preview([augmentationWith('translation', { share: 1 })])
    const out = moved.draws.filter(({ warnings }) => warnings.includes('out-of-frame'))
    expect(out.length).toBeGreaterThan(8)
    for (const { visible } of out) expect(visible).toBeLessThan(moved.limits.visible)
    const covered = await preview([augmentationWith('cut-out', { side: 1 })])
    expect(Math.min(...covered.draws.map(({ visible }) => visible))).toBeLessThan(0.5)
  })

  it('names what is mixed in, and its share', async () => {
    const { draws } = await preview([augmentationWith('mixup', { alpha: 1 })])
    const mixed = draws.filter(({ mixedWith }) => mixedWith !== null)
    expect(mixed.length).toBeGreaterThan(12)
    for (const { share } of mixed) expect(share > 0 && share < 1).toBe(true)
  })

  it('refuses a size above that of the images and a dataset that is not there', async () => {
    const request = { dataset: 'shapes', augment: [], example: 0, draws: 1, seed: 1 }
    await expect(previewer.preview({ ...request, inputSize: 33 })).rejects.toMatchObject({ code: 'out-of-range' })
    await expect(previewer.preview({ ...request, dataset: 'shape' })).rejects.toMatchObject({ code: 'unknown-dataset' })
  })
})
