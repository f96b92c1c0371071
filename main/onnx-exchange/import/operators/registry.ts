/** Every ONNX operator that becomes a layer, or a part of one. A new one is one line in one of these tables. */
import { activationRules } from './activations.ts'
import { convolutionRules } from './convolution.ts'
import { denseRules } from './dense.ts'
import { imageRules } from './images.ts'
import { mergeRules } from './merges.ts'
import { normalizationRules } from './normalizations.ts'
import type { OperatorTable } from './operator-rule.ts'
import { poolingRules } from './poolings.ts'
import { shapeRules } from './shapes.ts'

export const operatorRules: OperatorTable = {
  ...convolutionRules,
  ...denseRules,
  ...poolingRules,
  ...normalizationRules,
  ...activationRules,
  ...mergeRules,
  ...shapeRules,
  ...imageRules,
}
