/** Inception-ResNet-B, for 17x17 maps: 1x1 beside 1x7 and 7x1 in a row. Szegedy et al. 2017, Fig. 17. */
import { defineBlock } from './define-block.ts'
import { residualUnitParams, scaledResidual } from './inception-resnet-unit.ts'

export const inceptionResnetBBlock = defineBlock({
  id: 'inception-resnet-b',
  version: 1,
  category: 'inception',
  title: 'Inception-ResNet-B',
  summary: '1x1 beside 1x7 and 7x1, scaled and added',
  params: residualUnitParams,
  usesShapes: true,
  expand: (params, [input]) =>
    scaledResidual(
      [
        [['1x1', { filters: 192, kernel: 1 }]],
        [
          ['7x7_reduce', { filters: 128, kernel: 1 }],
          ['1x7', { filters: 160, kernel: [1, 7] }],
          ['7x1', { filters: 192, kernel: [7, 1] }],
        ],
      ],
      params,
      input,
      1088,
    ),
})
