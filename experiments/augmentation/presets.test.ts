import { describe, expect, it } from 'vitest'
import { augmentationListSpec } from './augmentation-spec.ts'
import { augmentationPreset, augmentationPresetIds, augmentationWith } from './presets.ts'
import { augmentations } from './registry.ts'
import { effectiveOrder, moveOperation } from './order-operations.ts'

describe('presets', () => {
  it.each(augmentationPresetIds)('%s is a complete list, for colours and for grey', (id) => {
    for (const isGrey of [false, true]) {
      const list = augmentationPreset(id, 32, isGrey)
      expect(augmentationListSpec.parse(list)).toEqual(list)
      expect(list.length).toBeGreaterThan(1)
    }
    expect(augmentationPreset(id, 32, true).map(({ type }) => type)).not.toContain('saturation')
  })

  it('any operation with its defaults is complete', () => {
    for (const { id } of augmentations)
      expect(augmentationListSpec.parse([{ type: id }])).toEqual([augmentationWith(id)])
  })

  it('AlexNet’s window moves with the size of the images', () => {
    expect(augmentationPreset('alexnet', 224, false)[0]).toMatchObject({ padding: 14 })
    expect(augmentationPreset('alexnet', 8, false)[0]).toMatchObject({ padding: 1 })
  })
})

describe('the order of operations', () => {
  const list = ['brightness', 'mirror', 'rotation', 'hue'].map((type) => augmentationWith(type))
  const types = (of: readonly { readonly type: string }[]) => of.map(({ type }) => type)

  it('is that of the stages, and within one that of the list', () => {
    expect(types(effectiveOrder(list))).toEqual(['mirror', 'rotation', 'brightness', 'hue'])
  })

  it('changes within a stage only', () => {
    expect(types(moveOperation(list, 0, 1))).toEqual(['rotation', 'mirror', 'brightness', 'hue'])
    expect(types(moveOperation(list, 3, -1))).toEqual(['mirror', 'rotation', 'hue', 'brightness'])
    expect(types(moveOperation(list, 1, 1))).toEqual(types(effectiveOrder(list)))
    expect(types(moveOperation(list, 0, -1))).toEqual(types(effectiveOrder(list)))
    expect(types(moveOperation(list, 0, 5))).toEqual(['rotation', 'mirror', 'brightness', 'hue'])
  })
})
