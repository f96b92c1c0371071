import { describe, expect, it } from 'vitest'
import { defaultParams, readParams } from '../layers/read-params.ts'
import { parseExperimentSpec } from '../spec/experiment-spec.ts'
import { AugmentationPlanner } from './augmentation-planner.ts'
import type { AugmentationSpec } from './augmentation-spec.ts'
import { ImagePlan, type AugmentationContext } from './image-plan.ts'
import { augmentations } from './registry.ts'
import { ImageRenderer } from './render-image.ts'
import { testImage } from './test-image.fixture.ts'

const titled = augmentations.map((operation) => ({ id: operation.id, operation }))
const context: AugmentationContext = {
  source: { height: 24, width: 20, channels: 3 },
  output: { height: 18, width: 18 },
  colours: {
    mean: [0.5, 0.4, 0.3],
    std: [0.2, 0.25, 0.3],
    components: [
      { direction: [0.6, 0.6, 0.53], deviation: 0.3 },
      { direction: [0.8, -0.6, 0], deviation: 0.1 },
    ],
  },
}
const source = { pixels: testImage(24, 20, 3), offset: 0 }

function specOf(type: string, params: object = {}): AugmentationSpec {
  const spec = parseExperimentSpec({
    version: 1,
    name: 'one',
    network: { zoo: 'lenet5' },
    data: { dataset: 'shapes', augment: [{ type, ...params }] },
    train: { epochs: 1, batchSize: 8, learningRate: 0.1 },
  })
  return spec.data.augment![0]!
}

/** Values of example `index`, as they are without normalisation. */
function render(list: readonly AugmentationSpec[], index: number, epoch = 1, seed = 7): Float32Array {
  const plan = new ImagePlan(context)
  new AugmentationPlanner(list, seed).plan(epoch, index, plan)
  const target = new Float32Array(3 * 18 * 18)
  const raw = { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] }
  new ImageRenderer().render(plan, source, { seed, epoch, index }, raw, target, 0)
  return target
}

describe('augmentation registry', () => {
  it('has unique ids and titles', () => {
    expect(new Set(augmentations.map(({ id }) => id)).size).toBe(augmentations.length)
    expect(new Set(augmentations.map(({ title }) => title)).size).toBe(augmentations.length)
  })

  it.each(titled)('$id: defaults are valid, complete in the specification, and survive JSON', ({ id, operation }) => {
    const params = defaultParams(operation)
    expect(readParams(operation, params, 1, 'params', 'n').issues).toEqual([])
    expect(specOf(id)).toEqual({ type: id, ...params })
    expect(specOf(id, JSON.parse(JSON.stringify(params)) as object)).toEqual({ type: id, ...params })
  })

  it.each(titled)('$id: draws the same for the same example, whatever was drawn before', ({ id }) => {
    const spec = specOf(id)
    const straight = [0, 1, 2, 3].map((index) => render([spec], index))
    const backwards = [3, 2, 1, 0].map((index) => render([spec], index)).reverse()
    expect(backwards).toEqual(straight)
    for (const image of straight) expect(image.every((value) => value >= -1e-3 && value <= 255.001)).toBe(true)
  })

  it.each(titled.filter(({ operation }) => operation.params['probability'] !== undefined))(
    '$id: with probability 0 changes nothing, with 1 something',
    ({ id, operation }) => {
      const plain = render([], 0)
      expect(render([specOf(id, { probability: 0 })], 0)).toEqual(plain)
      if (operation.stage === 'mix') return
      const changed = [0, 1, 2, 3, 4, 5].some(
        (index) => !sameValues(render([specOf(id, { probability: 1 })], index), plain),
      )
      expect(changed).toBe(true)
    },
  )

  it('leaves what the others draw alone when one is added or changed', () => {
    const list = [specOf('mirror'), specOf('cut-out'), specOf('mirror', { axis: 'vertical' })]
    const planOf = (specs: readonly AugmentationSpec[], index: number) => {
      const plan = new ImagePlan(context)
      new AugmentationPlanner(specs, 7).plan(1, index, plan)
      return plan
    }
    for (let index = 0; index < 20; index++) {
      expect(planOf([...list, specOf('noise')], index).holes).toEqual(planOf(list, index).holes)
      expect(planOf([...list, specOf('noise')], index).inverse).toEqual(planOf(list, index).inverse)
    }
  })

  it('mirrors, moves and turns exactly where no resampling is needed', () => {
    const plain = render([], 0)
    const mirrored = render([specOf('mirror', { probability: 1 })], 0)
    for (let i = 0; i < 18; i++) expect(mirrored[i]).toBe(plain[17 - i])
    const expected = source.pixels[((3 + 5) * 20 + (1 + 7)) * 3]
    expect(plain[5 * 18 + 7]).toBe(expected)
  })

  it('names an unknown operation, parameter and range, with the nearest known one', () => {
    expect(() => specOf('miror')).toThrow(/data\.augment\.0\.type: .*mirror/)
    expect(() => specOf('rotation', { degree: 3 })).toThrow(/unknown key "degree"; did you mean "degrees"/)
    expect(() => specOf('rotation', { degrees: 1000 })).toThrow(/data\.augment\.0\.degrees/)
  })
})

function sameValues(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i])
}
