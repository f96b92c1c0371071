/** The labels of a batch in a program, and what is counted with them. */
import { argmax } from '../../experiments/ops/argmax.ts'
import { equal } from '../../experiments/ops/equal.ts'
import type { ProgramBuilder, Value } from '../../experiments/ops/program.ts'
import { toFloat } from '../../experiments/ops/to-float.ts'

export function labelsInput(b: ProgramBuilder, { images }: { readonly images: Value }): Value {
  return b.input('labels', 'labels', { dtype: 'int32', shape: images.type.shape.slice(0, 1) })
}

/** For examples that are mixed of two: the other's labels, and what share of each example is its own. */
export function mixedLabelInputs(b: ProgramBuilder, labels: Value): { readonly labels: Value; readonly shares: Value } {
  return {
    labels: b.input('mixedLabels', 'labels', labels.type),
    shares: b.input('labelShares', 'hyperparameter', { dtype: 'float32', shape: labels.type.shape }),
  }
}

/** 1 where the highest score is that of the label, else 0. */
export function correctExamples(b: ProgramBuilder, logits: Value, labels: Value): Value {
  return toFloat(b, equal(b, argmax(b, logits), labels))
}
