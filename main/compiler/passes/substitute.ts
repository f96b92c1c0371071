/** Rewrites a program in which some values are replaced by equal ones: the tool most passes share. */
import type { ProgramNode, TensorProgram, Value } from '../../../experiments/ops/program.ts'

/** Values to replace, by id. */
export class Substitution {
  private readonly replacements = new Map<number, Value>()

  replace(value: Value, by: Value): void {
    this.replacements.set(value.id, by)
  }

  resolve(value: Value): Value {
    return this.replacements.get(value.id) ?? value
  }

  resolveInputs(node: ProgramNode): ProgramNode {
    return { ...node, inputs: node.inputs.map((input) => this.resolve(input)) }
  }

  resolveOutputs(program: TensorProgram): TensorProgram['outputs'] {
    return program.outputs.map((output) => ({ ...output, value: this.resolve(output.value) }))
  }
}
