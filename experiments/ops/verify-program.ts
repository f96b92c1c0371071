/**
 * Checks that a program is sound: every value made once and before its use, inputs and attributes as the op wants them, types as its
 * shape rule gives them. It runs before and after every pass, so that a faulty pass is named and not its consequences.
 */
import { type ProgramNode, type TensorProgram, type Value, checkAttributes } from './program.ts'
import { opNamed } from './registry.ts'
import { checkTensorType, formatType, sameType } from './tensor-type.ts'

/** @throws Error that says what is wrong and `after` what; a fault of the code that made the program, never of its user */
export function verifyProgram(program: TensorProgram, after: string): void {
  const known = new Map<number, Value>()
  const fail = (problem: string): never => {
    throw new Error(`program ${program.name} is not sound after ${after}: ${problem}`)
  }
  const define = (value: Value, what: string) => {
    if (known.has(value.id)) fail(`value ${value.id} is made twice, again as ${what}`)
    checkTensorType(value.type, what)
    known.set(value.id, value)
  }
  const use = (value: Value, what: string) => {
    const defined = known.get(value.id)
    if (!defined) return fail(`${what} uses value ${value.id} before it is made`)
    if (!sameType(defined.type, value.type)) {
      fail(`${what} takes value ${value.id} for ${formatType(value.type)}, but it is ${formatType(defined.type)}`)
    }
  }
  const names = new Set<string>()
  for (const input of program.inputs) {
    if (names.has(input.name)) fail(`input ${input.name} is declared twice`)
    names.add(input.name)
    define(input.value, `input ${input.name}`)
  }
  for (const node of program.nodes) {
    for (const value of node.inputs) use(value, node.op)
    verifyNode(node, fail)
    for (const value of node.outputs) define(value, `output of ${node.op}`)
  }
  const outputNames = new Set<string>()
  for (const output of program.outputs) {
    if (outputNames.has(output.name)) fail(`output ${output.name} is declared twice`)
    outputNames.add(output.name)
    use(output.value, `output ${output.name}`)
  }
  for (const input of program.inputs) {
    const next = program.outputs.find((output) => output.name === input.name && output.role === input.role)
    if (next && !sameType(next.value.type, input.value.type)) fail(`the next value of ${input.name} has another type`)
  }
}

function verifyNode(node: ProgramNode, fail: (problem: string) => never): void {
  const op = opNamed(node.op)
  const optional = op.inputs.filter((name) => name.endsWith('?')).length
  const most = op.inputs.at(-1)?.endsWith('...') ? Number.POSITIVE_INFINITY : op.inputs.length
  if (node.inputs.length > most || node.inputs.length < op.inputs.length - optional) {
    fail(`${node.op} takes ${op.inputs.join(', ')}, but has ${node.inputs.length} inputs`)
  }
  checkAttributes(op.name, op.attributes, node.attributes)
  const types = op.shape(
    node.inputs.map((input) => input.type),
    node.attributes,
  )
  const asInferred =
    types.length === node.outputs.length &&
    node.outputs.every((value, i) => sameType(value.type, types[i] ?? value.type))
  if (!asInferred) {
    const declared = node.outputs.map((value) => formatType(value.type)).join(', ')
    fail(`${node.op} makes ${types.map(formatType).join(', ')}, but its outputs are declared as ${declared}`)
  }
}
