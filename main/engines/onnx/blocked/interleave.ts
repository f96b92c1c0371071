/**
 * Images whose rows and columns are dealt to several: every s-th belongs to the same phase. A blocked image is a list of rows of W B numbers,
 * so columns are interleaved by padding each phase with zeros and adding, rows by joining long pieces: short ones would be slow.
 */
import type { Pair } from '../../../../experiments/ops/attributes.ts'
import { keepFirst, pad, reshape } from './blocked-graph.ts'
import type { BlockedLowering } from './blocked-lowering.ts'

/**
 * @param phases by row and column phase, each [N, C, size]; undefined for zeros
 * @param shape of the result, padded; what the phases give beyond is cut off
 */
export function interleave(
  lowering: BlockedLowering,
  phases: readonly (readonly (string | undefined)[])[],
  shape: readonly number[],
  [rows, columns]: Pair,
): string {
  const { graph, block } = lowering
  const [batch = 1, channels = 1] = shape
  const lines = (batch * channels) / block
  const count = phases[0]?.length ?? 1
  const joined = phases.map((rowPhase) => {
    const spread = rowPhase.flatMap((phase, i) =>
      phase === undefined
        ? []
        : [
            pad(
              graph,
              reshape(graph, phase, [lines * rows * columns, block]),
              [0, i * block],
              [0, (count - 1 - i) * block],
            ),
          ],
    )
    const [first, second] = spread
    const width = columns * count * block
    if (first === undefined) return undefined
    const sum = second === undefined ? first : graph.node(spread.length === 2 ? 'Add' : 'Sum', spread)
    return reshape(graph, sum, [lines * rows, width])
  })
  const whole = [batch, channels, rows * phases.length, columns * count]
  return cropImage(lowering, reshape(graph, joinRows(lowering, joined), whole), whole, [shape[2] ?? 1, shape[3] ?? 1])
}

function joinRows({ graph }: BlockedLowering, rows: readonly (string | undefined)[]): string {
  const some = rows.find((row) => row !== undefined)
  if (some === undefined) throw new Error('no phase has anything to interleave')
  if (rows.length === 1) return some
  const zeros = rows.includes(undefined) ? graph.node('Mul', [some, graph.scalar(0)]) : ''
  return graph.node(
    'Concat',
    rows.map((row) => row ?? zeros),
    { axis: 1 },
  )
}

/** The top left part of a padded image. */
export function cropImage(
  { graph, block }: BlockedLowering,
  x: string,
  shape: readonly number[],
  [height, width]: Pair,
): string {
  const [batch = 1, channels = 1, rows = 1, columns = 1] = shape
  if (rows === height && columns === width) return x
  const lines = reshape(graph, x, [(batch * channels) / block, rows, columns * block])
  return reshape(graph, keepFirst(graph, lines, [1, 2], [height, width * block]), [batch, channels, height, width])
}

/** Puts stride - 1 zeros behind every row and column. */
export function spreadZeros(
  { graph, block }: BlockedLowering,
  x: string,
  shape: readonly number[],
  [rows, columns]: Pair,
): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const split = reshape(graph, x, [((batch * channels) / block) * height, 1, width, block])
  const spread = pad(graph, split, [0, 0, 0, 0], [0, rows - 1, 0, (columns - 1) * block])
  return reshape(graph, spread, [batch, channels, height * rows, width * columns])
}
