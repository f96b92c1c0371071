/** Inception-ResNet-A, for 35x35 maps: 1x1, 3x3 and two 3x3 side by side. Szegedy et al. 2017, Fig. 16. */
import { defineBlock } from './define-block.ts'
import { residualUnitParams, scaledResidual } from './inception-resnet-unit.ts'

export const inceptionResnetABlock = defineBlock({
  id: 'inception-resnet-a',
  version: 1,
  category: 'inception',
  title: 'Inception-ResNet-A',
  summary: '1x1, 3x3 and two 3x3, scaled and added',
  params: residualUnitParams,
  usesShapes: true,
  expand: (params, [input]) =>
    scaledResidual(
      [
        [['1x1', { filters: 32, kernel: 1 }]],
        [
          ['3x3_reduce', { filters: 32, kernel: 1 }],
          ['3x3', { filters: 32, kernel: 3 }],
        ],
        [
          ['double3x3_reduce', { filters: 32, kernel: 1 }],
          ['double3x3_1', { filters: 48, kernel: 3 }],
          ['double3x3_2', { filters: 64, kernel: 3 }],
        ],
      ],
      params,
      input,
      320,
    ),
})
