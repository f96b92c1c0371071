/** How one ONNX operator is imported: a rule adds layers to the draft, folds the node into one, or computes what is known. */
import type { ImportValue } from '../import-value.ts'
import type { NodeCall } from '../node-call.ts'

/** @returns the first output; others are refused where something uses them */
export type OperatorRule = (call: NodeCall) => ImportValue
export type OperatorTable = Readonly<Record<string, OperatorRule>>
