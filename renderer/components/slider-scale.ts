/** Between values and places on a slider's track, 0 to 1000. */
export interface SliderScale {
  readonly step: number
  readonly positionOf: (value: number) => number
  readonly valueAt: (position: number) => number
  /** Within the bounds, without digits that nobody chose. */
  readonly clean: (value: number) => number
  readonly write: (value: number) => string
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly whole?: boolean
  readonly usual?: number | undefined
}

/** Where a usual value near the lower end comes to lie. */
const comfortable = 0.4

export function sliderScale({ min, max, whole = false, usual }: Bounds): SliderScale {
  const range = max - min
  const share = usual === undefined ? 1 : (usual - min) / range
  const bend = share > 0 && share < 0.2 ? Math.log(comfortable) / Math.log(share) : 1
  const step = whole || range > 20 ? 1 : range > 4 ? 0.05 : 0.01
  const clean = (value: number): number => {
    const digits = whole || range > 20 ? 0 : Math.abs(value) < 0.1 ? 3 : 2
    return Math.min(max, Math.max(min, Number(value.toFixed(digits))))
  }
  return {
    step,
    clean,
    positionOf: (value) => Math.round(1000 * Math.min(1, Math.max(0, (value - min) / range)) ** bend),
    valueAt: (position) => clean(min + range * (position / 1000) ** (1 / bend)),
    write: (value) => String(Number(value.toFixed(3))),
  }
}
