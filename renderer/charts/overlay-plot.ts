/**
 * One metric of several runs over each other, on uPlot: each run has its own x, joined into one table. A run that is pointed at anywhere
 * stands out here; the reading line and the zoom are shared with other plots.
 */
import uPlot from 'uplot'
import type { StepRange } from './step-range.ts'
import { listenForZoom, zoomCursor, zoomToSelection, type ZoomPorts } from './zoom-gestures.ts'

export interface OverlayLine {
  /** Of the run; several lines of a run stand out together. */
  readonly id: number
  /** Unique among the lines of a plot. */
  readonly key: string
  readonly label: string
  /** A CSS colour, such as `var(--run-blue)`. */
  readonly colour: string
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** Marked points: for series of a value an epoch. */
  readonly marked: boolean
  readonly dashed: boolean
  /** An interval around each y. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] }
}

export interface OverlayContent {
  readonly lines: readonly OverlayLine[]
  readonly logScale: boolean
  /** What is in sight when nothing is zoomed. */
  readonly fullRange: StepRange
  readonly zoom: StepRange | null
  readonly smallestZoom: number
  readonly highlighted: number | null
  /** Where the reading line stands. */
  readonly reading: number | null
}

export interface OverlayEvents {
  readonly onZoom: (zoom: StepRange | null) => void
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
  readonly #zooming: ZoomPorts
  readonly #resize: ResizeObserver
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #recolour = (): void => this.#rebuild()
  readonly #readByKeys = (): void => {
    this.#isPointed = false
  }
  /** Drawn for a reading that comes from elsewhere; under the pointer uPlot draws its own. */
  readonly #readingLine = document.createElement('div')
  #content: OverlayContent
  #plot: uPlot
  #isPointed = false

  constructor(element: HTMLElement, content: OverlayContent, events: OverlayEvents) {
    this.#element = element
    this.#events = events
    this.#content = content
    this.#zooming = {
      zoom: () => this.#content.zoom,
      fullRange: () => this.#content.fullRange,
      smallest: () => this.#content.smallestZoom,
      onZoom: events.onZoom,
    }
    this.#readingLine.className = 'reading'
    this.#plot = this.#create()
    this.#resize = new ResizeObserver(() => this.#fit())
    this.#resize.observe(element)
    this.#scheme.addEventListener('change', this.#recolour)
    element.addEventListener('keydown', this.#readByKeys)
  }

  update(content: OverlayContent): void {
    const before = this.#content
    this.#content = content
    if (content.logScale !== before.logScale || !looksSame(content.lines, before.lines)) {
      this.#rebuild()
      return
    }
    const hasNewPoints = content.lines !== before.lines
    const hasMoved = content.zoom !== before.zoom || content.fullRange !== before.fullRange
    if (hasNewPoints || hasMoved) {
      this.#plot.batch(() => {
        if (hasNewPoints) this.#plot.setData(tableOf(content), false)
        this.#setRange()
      })
    } else if (content.highlighted !== before.highlighted) this.#plot.redraw(false)
    this.#placeReading()
  }

  destroy(): void {
    this.#resize.disconnect()
    this.#scheme.removeEventListener('change', this.#recolour)
    this.#element.removeEventListener('keydown', this.#readByKeys)
    this.#plot.destroy()
  }

  #rebuild(): void {
    this.#plot.destroy()
    this.#plot = this.#create()
    this.#placeReading()
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#element
    if (width > 0 && height > 0) this.#plot.setSize({ width, height })
    this.#placeReading()
  }

  #setRange(): void {
    const [min, max] = this.#content.zoom ?? this.#content.fullRange
    this.#plot.setScale('x', { min, max })
  }

  #placeReading(): void {
    const { reading, zoom, fullRange } = this.#content
    const [from, to] = zoom ?? fullRange
    const isShown = reading !== null && !this.#isPointed && reading >= from && reading <= to
    this.#readingLine.hidden = !isShown
    if (isShown) this.#readingLine.style.left = `${this.#plot.valToPos(reading, 'x')}px`
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
    const bandEdges = lines.filter(({ band }) => band).length * 2
    const plot = new uPlot(
      {
        width: Math.max(1, this.#element.clientWidth),
        height: Math.max(1, this.#element.clientHeight),
        legend: { show: false },
        cursor: { y: false, ...zoomCursor(this.#zooming), focus: { prox: 24 }, points: { show: false } },
        focus: { alpha: 1 },
        scales: {
          x: { time: false, range: () => [...(this.#content.zoom ?? this.#content.fullRange)] as [number, number] },
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
            // A logarithmic axis leaves the names of some of its lines out.
            values: (_plot, ticks) =>
              (ticks as (number | null)[]).map((tick) => (tick === null ? '' : this.#events.formatY(tick))),
          },
        ],
        series: [
          {},
          ...lines.map((line): uPlot.Series => ({
            label: line.label,
            stroke: (_plot, index) => fade(colours.get(line.colour) ?? 'gray', isPale(index)),
            width: line.dashed ? 1.2 : 1.6,
            ...(line.dashed && { dash: [5, 4] }),
            spanGaps: true,
            points: { show: line.marked, size: 5 },
          })),
          // Not seen, but the scale makes room for them.
          ...Array.from({ length: bandEdges }, (): uPlot.Series => ({
            ...{ stroke: 'transparent', width: 0, points: { show: false } },
          })),
        ],
        hooks: {
          drawAxes: [(own) => drawBands(own, this.#content.lines, (line) => colours.get(line.colour) ?? 'gray')],
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
          setSelect: [(own) => zoomToSelection(own, this.#zooming)],
        },
      },
      tableOf(this.#content),
      this.#element,
    )
    listenForZoom(plot, this.#zooming)
    plot.over.append(this.#readingLine)
    plot.over.addEventListener('pointermove', () => {
      this.#isPointed = true
      this.#placeReading()
    })
    plot.over.addEventListener('pointerleave', () => {
      this.#isPointed = false
      this.#events.onRead(null)
      this.#events.onPoint(null)
    })
    return plot
  }
}

/** Whether other points can take the place of those that are drawn; colours and names belong to the plot. */
function looksSame(lines: readonly OverlayLine[], others: readonly OverlayLine[]): boolean {
  if (lines === others) return true
  const look = ({ key, id, label, colour, marked, dashed, band }: OverlayLine): string =>
    JSON.stringify([key, id, label, colour, marked, dashed, band !== undefined])
  return lines.length === others.length && lines.every((line, i) => look(line) === look(others[i] as OverlayLine))
}

/** All lines, then the edges of bands, over the x of all of them. A logarithmic axis has no place for zero and below. */
function tableOf({ lines, logScale }: OverlayContent): uPlot.AlignedData {
  const edges = lines.flatMap(({ xs, band }) => (band ? [band.low, band.high].map((ys) => ({ xs, ys })) : []))
  const tables = [...lines, ...edges].map(({ xs, ys }): uPlot.AlignedData => [
    xs as number[],
    logScale ? ys.map((y) => (y > 0 ? y : null)) : (ys as number[]),
  ])
  return tables.length === 0 ? [[], []] : uPlot.join(tables)
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
