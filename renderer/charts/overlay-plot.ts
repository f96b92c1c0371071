/**
 * One metric of several runs over each other, on uPlot: each run has its own x, joined into one table. A run that is pointed at anywhere
 * stands out here; the reading line and the zoom are shared with other plots.
 */
import uPlot from 'uplot'

export interface OverlayLine {
  readonly id: number
  readonly label: string
  /** A CSS colour, such as `var(--run-blue)`. */
  readonly colour: string
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** Marked points: for series of a value an epoch. */
  readonly marked: boolean
  /** An interval around each y. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] }
}

export interface OverlayContent {
  readonly lines: readonly OverlayLine[]
  readonly logScale: boolean
  readonly zoom: readonly [number, number] | null
  readonly highlighted: number | null
}

export interface OverlayEvents {
  readonly onZoom: (zoom: readonly [number, number] | null) => void
  /** The x under the pointer. */
  readonly onRead: (x: number | null) => void
  readonly onPoint: (id: number | null) => void
  readonly formatX: (x: number) => string
  readonly formatY: (y: number) => string
}

const font = '11px "Pretendard Variable", system-ui, sans-serif'

export class OverlayPlot {
  readonly #element: HTMLElement
  readonly #events: OverlayEvents
  readonly #resize: ResizeObserver
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #recolour = (): void => this.#rebuild()
  #content: OverlayContent
  #plot: uPlot

  constructor(element: HTMLElement, content: OverlayContent, events: OverlayEvents) {
    this.#element = element
    this.#events = events
    this.#content = content
    this.#plot = this.#create()
    this.#resize = new ResizeObserver(() => this.#fit())
    this.#resize.observe(element)
    this.#scheme.addEventListener('change', this.#recolour)
  }

  update(content: OverlayContent): void {
    const before = this.#content
    this.#content = content
    if (content.lines !== before.lines || content.logScale !== before.logScale) {
      this.#rebuild()
      return
    }
    if (content.zoom !== before.zoom) this.#setRange()
    if (content.highlighted !== before.highlighted) this.#plot.redraw(false)
  }

  destroy(): void {
    this.#resize.disconnect()
    this.#scheme.removeEventListener('change', this.#recolour)
    this.#plot.destroy()
  }

  #rebuild(): void {
    this.#plot.destroy()
    this.#plot = this.#create()
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#element
    if (width > 0 && height > 0) this.#plot.setSize({ width, height })
  }

  #setRange(): void {
    const [min, max] = this.#content.zoom ?? this.#fullRange()
    this.#plot.setScale('x', { min, max })
  }

  #fullRange(): readonly [number, number] {
    const all = this.#content.lines.flatMap(({ xs }) => [xs[0] ?? 0, xs.at(-1) ?? 1])
    const [low, high] = [Math.min(...all), Math.max(...all)]
    return Number.isFinite(low) && low < high ? [low, high] : [Math.min(0, low || 0), (high || 0) + 1]
  }

  /** The computed colour of a CSS expression, as a canvas needs it. */
  #colour(expression: string): string {
    const probe = document.createElement('span')
    probe.style.color = expression
    this.#element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }

  #create(): uPlot {
    const { lines, logScale } = this.#content
    const axis = this.#colour('var(--chart-axis)')
    const grid = this.#colour('var(--chart-grid)')
    const colours = new Map(lines.map(({ colour }) => [colour, this.#colour(colour)]))
    const isPale = (index: number): boolean => {
      const { highlighted } = this.#content
      return highlighted !== null && this.#content.lines[index - 1]?.id !== highlighted
    }
    const banded = lines.flatMap(({ xs, band }) =>
      band
        ? [
            { xs, ys: band.low },
            { xs, ys: band.high },
          ]
        : [],
    )
    const tables = [...lines, ...banded].map(({ xs, ys }): uPlot.AlignedData => [[...xs], [...ys]])
    const data = tables.length === 0 ? ([[], []] as uPlot.AlignedData) : uPlot.join(tables)
    const plot = new uPlot(
      {
        width: Math.max(1, this.#element.clientWidth),
        height: Math.max(1, this.#element.clientHeight),
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, focus: { prox: 24 }, points: { show: false } },
        focus: { alpha: 1 },
        scales: {
          x: { time: false, range: () => [...(this.#content.zoom ?? this.#fullRange())] as [number, number] },
          y: logScale ? { distr: 3 } : {},
        },
        axes: [
          {
            stroke: axis,
            font,
            grid: { stroke: grid },
            ticks: { show: false },
            size: 28,
            values: (_plot, ticks) => ticks.map(this.#events.formatX),
          },
          {
            stroke: axis,
            font,
            grid: { stroke: grid },
            ticks: { show: false },
            size: 58,
            values: (_plot, ticks) => ticks.map((tick) => this.#events.formatY(tick)),
          },
        ],
        series: [
          {},
          ...lines.map((line): uPlot.Series => ({
            label: line.label,
            stroke: (_plot, index) => fade(colours.get(line.colour) ?? 'gray', isPale(index)),
            width: 1.6,
            spanGaps: true,
            points: { show: line.marked, size: 5 },
          })),
          // Not seen, but the scale makes room for them.
          ...banded.map((): uPlot.Series => ({ stroke: 'transparent', width: 0, points: { show: false } })),
        ],
        hooks: {
          drawAxes: [(own) => drawBands(own, lines, (line) => colours.get(line.colour) ?? 'gray')],
          setCursor: [
            (own) =>
              this.#events.onRead(
                own.cursor.left === undefined || own.cursor.left < 0 ? null : own.posToVal(own.cursor.left, 'x'),
              ),
          ],
          setSeries: [
            (_plot, index) =>
              this.#events.onPoint(index === null ? null : (this.#content.lines[index - 1]?.id ?? null)),
          ],
          setSelect: [
            (own) => {
              const { left, width } = own.select
              if (width < 4) return
              this.#events.onZoom([own.posToVal(left, 'x'), own.posToVal(left + width, 'x')])
              own.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            },
          ],
        },
      },
      data,
      this.#element,
    )
    plot.over.addEventListener('dblclick', () => this.#events.onZoom(null))
    plot.over.addEventListener('mouseleave', () => {
      this.#events.onRead(null)
      this.#events.onPoint(null)
    })
    return plot
  }
}

/** Behind the lines. */
function drawBands(plot: uPlot, lines: readonly OverlayLine[], colourOf: (line: OverlayLine) => string): void {
  const { ctx, bbox } = plot
  for (const line of lines) {
    const { band, xs } = line
    if (!band) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    ctx.beginPath()
    const point = (i: number, ys: readonly number[]): void =>
      ctx.lineTo(plot.valToPos(xs[i] as number, 'x', true), plot.valToPos(ys[i] as number, 'y', true))
    xs.forEach((_, i) => point(i, band.high))
    for (let i = xs.length - 1; i >= 0; i--) point(i, band.low)
    ctx.closePath()
    ctx.globalAlpha = 0.18
    ctx.fillStyle = colourOf(line)
    ctx.fill()
    ctx.restore()
  }
}

function fade(colour: string, pale: boolean): string {
  return pale ? `color-mix(in oklch, ${colour} 25%, transparent)` : colour
}
