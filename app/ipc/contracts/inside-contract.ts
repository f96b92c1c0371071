/** Looking inside networks: procedures and events. */
import { z } from 'zod'
import { evaluationMember } from '../../../experiments/evaluation/evaluation-record.ts'
import {
  featureMaps,
  firstFilters,
  gradCam,
  insideQuestion,
  layerStatistics,
  occlusionMap,
  unitExamples,
} from '../../../experiments/inspection/inspection-record.ts'
import type { Contract } from '../contract.ts'

const count = z.int().min(0)
const layer = z.string().min(1).max(500)
/** See the contract of evaluation. */
const task = z.string().min(1).max(100).optional()

export const insideContract = {
  procedures: {
    /** The filters of the first convolution. */
    'inside.filters': { input: z.strictObject({ member: evaluationMember }), output: firstFilters },
    /** What the channels of a layer make of an image, and what the network says of it. */
    'inside.featureMaps': {
      input: insideQuestion.extend({ layer, limit: z.int().min(1).max(4096).default(256) }),
      output: featureMaps,
    },
    /** Where a decision comes from. Without `target` the predicted class, without `layer` the deepest feature maps. */
    'inside.gradCam': {
      input: insideQuestion.extend({ target: count.optional(), layer: layer.optional() }),
      output: gradCam,
    },
    /** How the probability falls when a square hides a part of the image. */
    'inside.occlusion': {
      input: insideQuestion.extend({ task, target: count.optional(), size: z.int().min(1).max(4096).optional() }),
      output: occlusionMap,
    },
    /** Test images that activate units of a layer most, and the units that nothing activates. */
    'inside.topExamples': {
      input: z.strictObject({
        ...{ task, member: evaluationMember, layer },
        offset: count.default(0),
        limit: z.int().min(1).max(64).default(12),
      }),
      output: unitExamples,
    },
    /** How the layers stood at the start and at checkpoints, as recorded while it trained. */
    'inside.history': {
      input: z.strictObject({ run: z.int().min(1), most: z.int().min(2).max(500).default(60) }),
      output: z.array(layerStatistics),
    },
    /** Measures and records one checkpoint now. */
    'inside.measure': { input: z.strictObject({ member: evaluationMember }), output: layerStatistics },
  },
  events: {
    'inside.recorded': z.object({ run: z.int(), step: z.int() }),
  },
} satisfies Contract
