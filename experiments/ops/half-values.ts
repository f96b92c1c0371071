/**
 * Mixed precision: which values of a program are float16, by the rules of its ops. The program itself stays as it is, all in float32; who
 * runs it in mixed precision converts where an op takes the other type. Weights, statistics and optimizer state stay float32, as in
 * Micikevicius et al.: Mixed Precision Training, ICLR 2018.
 */
import type { ProgramNode, TensorProgram, Value } from './program.ts'
import { opNamed } from './registry.ts'

/** Ids of the values that are made as float16. */
export function halfValues(program: TensorProgram): ReadonlySet<number> {
  const half = new Set<number>()
  for (const node of program.nodes) {
    const { float16 } = opNamed(node.op)
    const isHalf = float16 === 'computes' || (float16 === 'follows' && allHalf(node.inputs, half))
    if (isHalf) for (const output of node.outputs) if (isFloat(output)) half.add(output.id)
  }
  return half
}

/** Whether a node works in float16, and so takes its inputs in it. */
export function computesInHalf({ outputs }: ProgramNode, half: ReadonlySet<number>): boolean {
  return outputs.some((output) => half.has(output.id))
}

function allHalf(inputs: readonly Value[], half: ReadonlySet<number>): boolean {
  const floats = inputs.filter(isFloat)
  return floats.length > 0 && floats.every((input) => half.has(input.id))
}

function isFloat({ type }: Value): boolean {
  return type.dtype === 'float32'
}
