/** From values to pixels, with ticks at round numbers. */

export interface PlotScale {
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

/** @param from pixel of the lowest value, `to` of the highest; rows grow downwards, so `from` may be the larger one */
export function linearScale(values: readonly number[], from: number, to: number, count = 4): PlotScale {
  const finite = values.filter((value) => Number.isFinite(value))
  const [low, high] = widened(Math.min(...finite), Math.max(...finite))
  const step = roundStep((high - low) / count)
  const ticks: number[] = []
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step) {
    ticks.push(Number(tick.toPrecision(12)))
  }
  return { at: (value) => from + ((value - low) / (high - low)) * (to - from), ticks }
}

/** Room around the outermost values; one value alone gets an interval too. */
function widened(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  const margin = high > low ? (high - low) * 0.06 : Math.abs(low) * 0.1 || 1
  return [low - margin, high + margin]
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  const share = step / power
  return (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1) * power
}
