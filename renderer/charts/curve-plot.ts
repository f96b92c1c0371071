/**
 * A plot of curves over one axis. uPlot draws the axes and gives the pointer's gestures; the curves lie on a canvas of their own above it, and what
 * stands out on a third one: pointing at a run moves a line and changes a canvas's opacity, and draws no curve anew. It draws once a frame
 * at most, and not at all while it is out of sight. Framework-free: the component around it is thin.
 */
import uPlot from 'uplot'
import { linearAxis, logAxis, pixelScale, shapedRange, type AxisShape } from './axis-shape.ts'
import { drawLine, drawRings, type LineArea, type LineStyle } from './draw-line.ts'
import { indexAtOrBefore } from './index-at-or-before.ts'
import { pointsInSight, type LinePoints } from './pixel-columns.ts'
import type { StepRange } from './step-range.ts'
import { valuesInSight } from './values-in-sight.ts'
import { listenForZoom, zoomCursor, zoomToSelection, type ZoomPorts } from './zoom-gestures.ts'

export interface PlotLine {
  /** Lines of one number stand out together. */
  readonly id: number
  /** Asked for at each drawing: a series may have grown. */
  readonly points: () => LinePoints
  /** A CSS colour, such as `var(--run-blue)`. */
  readonly colour: string
  /** In CSS pixels. */
  readonly width: number
  /** Rings at the points: for series of a value an epoch. */
  readonly marked: boolean
  readonly dashed: boolean
  /** An interval around each y. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> }
}

export interface PlotContent {
  /** The first lies at the bottom. */
  readonly lines: readonly PlotLine[]
  readonly xIsLog: boolean
  /** Whether there is nothing between two whole numbers, as of steps. */
  readonly xIsWhole: boolean
  readonly yIsLog: boolean
  /** Everything shown when nothing is zoomed. */
  readonly fullRange: StepRange
  readonly zoom: StepRange | null
  readonly smallestZoom: number
  /** Values that the y axis never leaves, such as 0 to 1 for accuracies. */
  readonly bounds: readonly [number, number]
  /** Dashed lines in the background at each multiple; null for none. */
  readonly every: number | null
  /** What stands out; null for nothing. */
  readonly highlighted: number | null
  /** Where the reading line stands. */
  readonly reading: number | null
}

export interface PlotEvents {
  readonly onZoom: (zoom: StepRange | null) => void
  /** The x under the pointer, or null when it has left. */
  readonly onRead: (x: number | null) => void
  /** The line under the pointer; null when there is none near. */
  readonly onPoint?: (id: number | null) => void
  readonly formatX: (x: number) => string
  readonly formatY: (y: number) => string
}

const axisFont = '11px "Pretendard Variable", system-ui, sans-serif'
/** Around the plot's area, in CSS pixels: room for the rings at its edges. */
const margin = 6
/** In CSS pixels: closer than this the pointer points at a line. */
const pointedWithin = 24
const paleOpacity = '0.25'
const wholeIncrements = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power))

export class CurvePlot {
  readonly #element: HTMLElement
  readonly #events: PlotEvents
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #resize: ResizeObserver
  readonly #sight: IntersectionObserver
  readonly #zooming: ZoomPorts
  readonly #colours = new Map<string, string>()
  readonly #curves = document.createElement('canvas')
  readonly #front = document.createElement('canvas')
  readonly #readingLine = document.createElement('div')
  #content: PlotContent
  #plot: uPlot
  #frame = 0
  #isInSight = true
  #isStale = false
  /** Where the pointer is over the area, in CSS pixels; null when it is elsewhere. */
  #pointer: { readonly x: number; readonly y: number } | null = null
  #pointerFrame = 0
  #valueRange: readonly [number, number] = [0, 1]

  constructor(element: HTMLElement, content: PlotContent, events: PlotEvents) {
    this.#element = element
    this.#events = events
    this.#content = content
    this.#zooming = {
      zoom: () => this.#content.zoom,
      fullRange: () => this.fullRange,
      smallest: () => this.#content.smallestZoom,
      shape: () => this.#xShape,
      onZoom: events.onZoom,
    }
    for (const canvas of [this.#curves, this.#front]) canvas.className = 'curves'
    this.#readingLine.className = 'reading'
    this.#readingLine.hidden = true
    this.#plot = this.#create()
    this.#resize = new ResizeObserver(() => this.#fit())
    this.#resize.observe(element)
    this.#sight = new IntersectionObserver(([entry]) => {
      this.#isInSight = entry?.isIntersecting ?? true
      if (this.#isInSight && this.#isStale) this.refresh()
    })
    this.#sight.observe(element)
    this.#scheme.addEventListener('change', this.#recolour)
  }

  update(content: PlotContent): void {
    const before = this.#content
    this.#content = content
    const hasOtherAxes =
      content.xIsLog !== before.xIsLog || content.xIsWhole !== before.xIsWhole || content.yIsLog !== before.yIsLog
    if (hasOtherAxes) {
      this.#plot.destroy()
      this.#plot = this.#create()
    }
    const isSame =
      content.lines === before.lines &&
      content.zoom === before.zoom &&
      content.fullRange === before.fullRange &&
      content.every === before.every
    if (hasOtherAxes || !isSame) this.refresh()
    else if (content.highlighted !== before.highlighted) this.#drawFront()
    this.#placeReading()
  }

  /** Draws in the next frame; many calls in one frame draw once. */
  refresh(): void {
    this.#isStale = true
    if (!this.#isInSight) return
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.#draw()
    })
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame)
    cancelAnimationFrame(this.#pointerFrame)
    this.#resize.disconnect()
    this.#sight.disconnect()
    this.#scheme.removeEventListener('change', this.#recolour)
    this.#plot.destroy()
  }

  get #xShape(): AxisShape {
    return this.#content.xIsLog ? logAxis : linearAxis
  }

  get #yShape(): AxisShape {
    return this.#content.yIsLog ? logAxis : linearAxis
  }

  /** What is in sight when nothing is zoomed: a logarithmic axis does not begin with 0. */
  get fullRange(): StepRange {
    const { fullRange, lines, xIsLog, xIsWhole } = this.#content
    if (!xIsLog) return fullRange
    // Steps begin with the first for all charts beside each other, whatever each of them has to show.
    return shapedRange(logAxis, fullRange, xIsWhole ? 1 : leastAboveZero(lines))
  }

  #range(): StepRange {
    return this.#content.zoom ?? this.fullRange
  }

  #create(): uPlot {
    const { xIsLog, xIsWhole, yIsLog } = this.#content
    const axis = (): Partial<uPlot.Axis> => ({
      stroke: () => this.#colour('var(--chart-axis)'),
      grid: { stroke: () => this.#colour('var(--chart-grid)'), width: 1 },
      ticks: { show: false },
      font: axisFont,
    })
    // A logarithmic axis leaves the names of some of its lines out.
    const named = (name: (value: number) => string) => (_plot: uPlot, splits: number[]) =>
      (splits as (number | null)[]).map((split) => (split === null ? '' : name(split)))
    const plot = new uPlot(
      {
        ...this.#size(),
        legend: { show: false },
        padding: [10, 28, 0, 0],
        scales: {
          x: { time: false, distr: xIsLog ? 3 : 1, range: (_plot, low, high) => [low, high] },
          y: { distr: yIsLog ? 3 : 1, range: (_plot, low, high) => [low, high] },
        },
        axes: [
          {
            ...{ ...axis(), size: 28, gap: 6, space: 90, values: named((x) => this.#events.formatX(x)) },
            ...(xIsWhole && { incrs: wholeIncrements }),
          },
          { ...axis(), size: 58, gap: 8, space: 44, values: named((y) => this.#events.formatY(y)) },
        ],
        series: [{}, { points: { show: false } }],
        cursor: { x: false, y: false, points: { show: false }, ...zoomCursor(this.#zooming) },
        hooks: {
          setSelect: [(own) => zoomToSelection(own, this.#zooming)],
          drawAxes: [(own) => this.#drawMultiples(own)],
          draw: [() => this.#drawCurves()],
        },
      },
      [[], []],
      this.#element,
    )
    listenForZoom(plot, this.#zooming)
    plot.over.append(this.#curves, this.#front, this.#readingLine)
    plot.over.addEventListener('pointermove', ({ offsetX: x, offsetY: y, target }) => {
      if (target === plot.over) this.#point({ x, y })
    })
    plot.over.addEventListener('pointerleave', () => this.#point(null))
    this.#isStale = true
    return plot
  }

  /** Once a frame, however often the pointer moves. */
  #point(pointer: { readonly x: number; readonly y: number } | null): void {
    this.#pointer = pointer
    this.#pointerFrame ||= requestAnimationFrame(() => {
      this.#pointerFrame = 0
      const place = this.#pointer
      const area = this.#area()
      this.#events.onRead(place && this.#valueAt(place.x))
      this.#events.onPoint?.(place && this.#lineNear(place, area))
    })
  }

  #valueAt(left: number): number {
    const [from, to] = this.#range().map(this.#xShape.place) as [number, number]
    return this.#xShape.valueAt(from + ((to - from) * left) / this.#plot.over.clientWidth)
  }

  #lineNear(place: { readonly x: number; readonly y: number }, area: LineArea): number | null {
    const x = this.#valueAt(place.x)
    let nearest = pointedWithin
    let found: number | null = null
    for (const { id, points } of this.#content.lines) {
      const { xs, ys } = points()
      const at = indexAtOrBefore(xs, x)
      if (at < 0 || (at === xs.length - 1 && (xs[at] as number) < x)) continue
      const next = Math.min(at + 1, xs.length - 1)
      const [left, right] = [xs[at] as number, xs[next] as number]
      const [from, to] = [area.y(ys[at] as number), area.y(ys[next] as number)]
      const y = right > left ? from + ((to - from) * (x - left)) / (right - left) : from
      const distance = Math.abs(y / devicePixelRatio - margin - place.y)
      if (distance < nearest) {
        nearest = distance
        found = id
      }
    }
    return found
  }

  #draw(): void {
    const range = this.#range()
    this.#valueRange = this.#valuesInSight(range)
    const [min, max] = this.#valueRange
    this.#isStale = false
    this.#plot.batch(() => {
      this.#plot.setScale('x', { min: range[0], max: range[1] })
      this.#plot.setScale('y', { min, max })
    })
    this.#placeReading()
  }

  /** Of everything in sight, with a little room. */
  #valuesInSight(range: StepRange): readonly [number, number] {
    const { lines, bounds, yIsLog } = this.#content
    const shown = lines.map(({ points, band }) => ({ ...points(), band }))
    const [least, most] = valuesInSight(shown, range, this.#xShape, this.#yShape)
    if (least > most)
      return yIsLog ? [0.1, 1] : [Math.max(0, bounds[0]), Math.min(bounds[1], Math.max(0, bounds[0]) + 1)]
    if (yIsLog) return logRange(least, most)
    const room = (most - least || Math.abs(most) * 0.1 || 1) * 0.06
    return [Math.max(bounds[0], least - room), Math.min(bounds[1], most + room)]
  }

  /** In device pixels of the canvas, which reaches a little beyond. */
  #area(): LineArea {
    const { bbox } = this.#plot
    const edge = margin * devicePixelRatio
    const range = this.#range()
    return {
      ...{ left: edge, width: bbox.width, range },
      x: pixelScale(this.#xShape, range, edge, bbox.width),
      y: pixelScale(this.#yShape, this.#valueRange, edge + bbox.height, -bbox.height),
    }
  }

  #drawCurves(): void {
    const ctx = this.#clear(this.#curves)
    const area = this.#area()
    for (const line of this.#content.lines) this.#drawBand(ctx, line, area)
    for (const line of this.#content.lines) this.#drawLine(ctx, line, area)
    this.#drawFront()
  }

  /** What stands out, over the others in pale. */
  #drawFront(): void {
    const { lines, highlighted } = this.#content
    const chosen = highlighted === null ? [] : lines.filter(({ id }) => id === highlighted)
    this.#curves.style.opacity = chosen.length > 0 ? paleOpacity : ''
    this.#front.hidden = chosen.length === 0
    if (chosen.length === 0) return
    const ctx = this.#clear(this.#front)
    const area = this.#area()
    for (const line of chosen) this.#drawBand(ctx, line, area)
    for (const line of chosen) this.#drawLine(ctx, line, area)
  }

  /** Sized as the plot's area is; clipped to it sidewards. */
  #clear(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const { width, height } = this.#plot.bbox
    const edge = margin * devicePixelRatio
    const [w, h] = [Math.round(width + 2 * edge), Math.round(height + 2 * edge)]
    const ctx = canvas.getContext('2d') as CanvasRenderingContext2D
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w
      canvas.height = h
      Object.assign(canvas.style, { left: `${-margin}px`, top: `${-margin}px` })
      Object.assign(canvas.style, { width: `${w / devicePixelRatio}px`, height: `${h / devicePixelRatio}px` })
    } else ctx.clearRect(0, 0, w, h)
    return ctx
  }

  #drawLine(ctx: CanvasRenderingContext2D, line: PlotLine, area: LineArea): void {
    const pixel = devicePixelRatio
    const points = line.points()
    const style: LineStyle = {
      colour: this.#colour(line.colour),
      width: line.width * pixel,
      dash: line.dashed ? [5 * pixel, 4 * pixel] : [],
    }
    // A line that leads out of sight ends at the edge, over which rings are whole.
    for (const room of line.marked ? [0, area.left] : [0]) {
      ctx.save()
      ctx.beginPath()
      ctx.rect(area.left - room, 0, area.width + 2 * room, ctx.canvas.height)
      ctx.clip()
      if (room === 0) drawLine(ctx, points, area, style)
      else drawRings(ctx, points, area, style, { radius: 3.25 * pixel, fill: this.#colour('var(--chart-surface)') })
      ctx.restore()
    }
  }

  #drawBand(ctx: CanvasRenderingContext2D, { points, band, colour }: PlotLine, area: LineArea): void {
    if (!band) return
    const { xs } = points()
    const [start, end] = pointsInSight(xs, ...area.range)
    ctx.save()
    ctx.beginPath()
    ctx.rect(area.left, area.left, area.width, ctx.canvas.height - 2 * area.left)
    ctx.clip()
    ctx.beginPath()
    const point = (i: number, ys: ArrayLike<number>): void => {
      const [x, y] = [area.x(xs[i] as number), area.y(ys[i] as number)]
      // An interval that reaches to 0 has no end on a logarithmic axis.
      if (Number.isFinite(x)) ctx.lineTo(x, Number.isFinite(y) ? y : ctx.canvas.height)
    }
    for (let i = start; i < end; i++) point(i, band.high)
    for (let i = end - 1; i >= start; i--) point(i, band.low)
    ctx.closePath()
    ctx.globalAlpha = 0.18
    ctx.fillStyle = this.#colour(colour)
    ctx.fill()
    ctx.restore()
  }

  #drawMultiples(plot: uPlot): void {
    const { every } = this.#content
    const { min, max } = plot.scales['x'] ?? {}
    if (every === null || min == null || max == null || (max - min) / every > 60) return
    const { ctx, bbox } = plot
    ctx.save()
    ctx.strokeStyle = this.#colour('var(--chart-grid)')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    for (let at = Math.ceil(min / every) * every; at <= max; at += every) {
      const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
    }
    ctx.stroke()
    ctx.restore()
  }

  #placeReading(): void {
    const { reading } = this.#content
    const [from, to] = this.#range()
    const isShown = reading !== null && reading >= from && reading <= to
    this.#readingLine.hidden = !isShown
    if (!isShown) return
    const left = this.#area().x(reading) / devicePixelRatio - margin
    this.#readingLine.style.transform = `translateX(${left}px)`
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.#element.clientWidth), height: Math.max(80, this.#element.clientHeight) }
  }

  #fit(): void {
    const size = this.#size()
    if (size.width === this.#plot.width && size.height === this.#plot.height) return
    this.#plot.setSize(size)
    this.refresh()
  }

  readonly #recolour = (): void => {
    this.#colours.clear()
    this.refresh()
  }

  /** The computed colour of a CSS expression, as a canvas needs it; asking for it forces a style pass, so it is kept. */
  #colour(expression: string): string {
    const known = this.#colours.get(expression)
    if (known !== undefined) return known
    const probe = document.createElement('span')
    probe.style.color = expression
    this.#element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    this.#colours.set(expression, color)
    return color
  }
}

/** The least x that a logarithmic axis has a place for; 0 where there is none. */
function leastAboveZero(lines: readonly PlotLine[]): number {
  let least = Infinity
  for (const { points } of lines) {
    const { xs } = points()
    const first = xs[indexAtOrBefore(xs, 0) + 1]
    if (first !== undefined && first < least) least = first
  }
  return Number.isFinite(least) ? least : 0
}

/** Whole halves of a decade around the values, so that the axis has lines to show. */
function logRange(least: number, most: number): readonly [number, number] {
  return [10 ** (Math.floor(Math.log10(least) * 2) / 2), 10 ** (Math.ceil(Math.log10(most) * 2 + 1e-9) / 2)]
}
