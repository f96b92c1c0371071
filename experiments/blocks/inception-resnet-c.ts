/** Inception-ResNet-C, for 8x8 maps: 1x1 beside 1x3 and 3x1 in a row. Szegedy et al. 2017, Fig. 19. */
import { defineBlock } from './define-block.ts'
import { residualUnitParams, scaledResidual } from './inception-resnet-unit.ts'

export const inceptionResnetCBlock = defineBlock({
  id: 'inception-resnet-c',
  version: 1,
  category: 'inception',
  title: 'Inception-ResNet-C',
  summary: '1x1 beside 1x3 and 3x1, scaled and added',
  params: residualUnitParams,
  usesShapes: true,
  expand: (params, [input]) =>
    scaledResidual(
      [
        [['1x1', { filters: 192, kernel: 1 }]],
        [
          ['3x3_reduce', { filters: 192, kernel: 1 }],
          ['1x3', { filters: 224, kernel: [1, 3] }],
          ['3x1', { filters: 256, kernel: [3, 1] }],
        ],
      ],
      params,
      input,
      2080,
    ),
})
