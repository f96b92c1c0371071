/** The labels of a batch in a program, and what is counted with them. */
import { argmax } from '../../experiments/ops/argmax.ts'
import { equal } from '../../experiments/ops/equal.ts'
import type { ProgramBuilder, Value } from '../../experiments/ops/program.ts'
import { toFloat } from '../../experiments/ops/to-float.ts'

export function labelsInput(b: ProgramBuilder, { images }: { readonly images: Value }): Value {
  return b.input('labels', 'labels', { dtype: 'int32', shape: images.type.shape.slice(0, 1) })
}

/** 1 where the highest score is that of the label, else 0. */
export function correctExamples(b: ProgramBuilder, logits: Value, labels: Value): Value {
  return toFloat(b, equal(b, argmax(b, logits), labels))
}
