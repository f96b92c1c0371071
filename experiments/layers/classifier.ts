/**
 * The end of a classification network: its input holds one score per class. The softmax is part of the loss. An auxiliary classifier in the
 * middle of a deep network adds its weighed loss while training, and is cut off with all that leads to it only when the network is used
 * (Szegedy et al.: Going Deeper with Convolutions, 2015, section 5).
 */
import { expectAxes, inputAt } from '../ops/expect-type.ts'
import { defineLayer } from './define-layer.ts'
import { choice } from './params/choices.ts'
import { real } from './params/numbers.ts'

export const classifierLayer = defineLayer({
  id: 'classifier',
  version: 1,
  category: 'output',
  title: 'Classifier',
  summary: 'Class scores, trained with softmax cross-entropy',
  outputs: [],
  params: {
    role: choice({
      label: 'Role',
      help: 'An auxiliary classifier helps training a deep network and is cut off when the network is used',
      choices: { main: 'Main', auxiliary: 'Auxiliary' },
      default: 'main',
    }),
    weight: real({
      label: 'Weight',
      help: 'Share of an auxiliary loss in the whole; the main loss counts 1',
      min: 0,
      max: 100,
      default: 0.3,
    }),
  },
  isTrainingOnly: ({ role }) => role === 'auxiliary',
  check: (inputs) =>
    inputAt(inputs, 0).shape.length === 2
      ? []
      : [{ code: 'shape-mismatch', message: 'needs one score per class: put Flatten and Dense before it' }],
  lower: (b, inputs, { role, weight }) => {
    const scores = inputAt(inputs, 0)
    expectAxes('the input of the classifier', scores.type, ['N', 'classes'])
    if (role === 'main') b.logits(scores)
    else b.auxiliaryLogits(scores, weight)
    return []
  },
})
