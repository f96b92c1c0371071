/** Seeds of one configuration as one line: their mean, with the 95 % interval of the mean as a band. */
import { mean, meanInterval } from '../../../experiments/statistics/bootstrap.ts'
import type { OverlayLine } from './overlay-lines.ts'

/**
 * @param groupOf runs of one configuration have one number; undefined for a run that stands alone
 * @param labelOf the name of a group of so many seeds
 */
export function seedBands(
  lines: readonly OverlayLine[],
  groupOf: (run: number) => number | undefined,
  labelOf: (line: OverlayLine, seeds: number) => string,
): readonly OverlayLine[] {
  const members = new Map<number, OverlayLine[]>()
  for (const line of lines) {
    const group = groupOf(line.id)
    if (group !== undefined) members.set(group, [...(members.get(group) ?? []), line])
  }
  return lines.flatMap((line): readonly OverlayLine[] => {
    const group = groupOf(line.id)
    const own = group === undefined ? [line] : (members.get(group) ?? [line])
    if (own.length < 2) return [line]
    return own[0] === line ? [bandOf(own, labelOf(line, own.length))] : []
  })
}

function bandOf(lines: readonly OverlayLine[], label: string): OverlayLine {
  const [first] = lines as readonly [OverlayLine, ...OverlayLine[]]
  // Only where all of them have something to say.
  const end = Math.min(...lines.map(({ xs }) => xs.at(-1) ?? -Infinity))
  const start = Math.max(...lines.map(({ xs }) => xs[0] ?? Infinity))
  const xs = first.xs.filter((x) => x >= start && x <= end)
  const columns = lines.map((line) => interpolate(line, xs))
  const values = xs.map((_, i) => columns.map((column) => column[i] as number))
  const intervals = values.map((own) => meanInterval(own) ?? { low: own[0] ?? 0, high: own[0] ?? 0 })
  return {
    ...{ ...first, label, xs, ys: values.map(mean) },
    band: { low: intervals.map(({ low }) => low), high: intervals.map(({ high }) => high) },
  }
}

/** Straight between two points; `xs` ascend and lie within the line. */
function interpolate({ xs, ys }: OverlayLine, at: readonly number[]): readonly number[] {
  let i = 0
  return at.map((x) => {
    while (i < xs.length - 2 && (xs[i + 1] as number) < x) i++
    const [x0, x1] = [xs[i] as number, xs[i + 1] ?? (xs[i] as number)]
    const [y0, y1] = [ys[i] as number, ys[i + 1] ?? (ys[i] as number)]
    return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y0
  })
}
