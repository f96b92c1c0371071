/**
 * A live chart of one quantity of a run, on uPlot. A dense series (a value a step; raw and smoothed) is uPlot's own; sparse series (a value an
 * epoch) are drawn over it as marked lines at their own steps. Framework-free: the component around it is thin.
 */
import uPlot from 'uplot'
import type { CurveColumns } from './curve-columns.ts'
import { smallestZoom, type StepRange } from './step-range.ts'
import { visiblePoints } from './visible-points.ts'
import { listenForZoom, zoomCursor, zoomToSelection, type ZoomPorts } from './zoom-gestures.ts'

export interface PlotSeries {
  readonly columns: CurveColumns
  /** Name of the CSS colour token. */
  readonly colour: string
  readonly visible: boolean
}

export interface PlotContent {
  readonly dense: (PlotSeries & { readonly rawColour: string; readonly smoothing: boolean }) | null
  readonly sparse: readonly PlotSeries[]
  /** Everything shown when nothing is zoomed. */
  readonly fullRange: StepRange
  readonly zoom: StepRange | null
  readonly logScale: boolean
  /** Values that the y axis never leaves, such as 0 to 1 for accuracies. */
  readonly bounds: readonly [number, number]
  readonly stepsPerEpoch: number | null
}

export interface PlotEvents {
  readonly onZoom: (zoom: StepRange | null) => void
  /** The step under the pointer, or null when it has left. */
  readonly onHover: (step: number | null) => void
  readonly formatStep: (step: number) => string
  readonly formatValue: (value: number) => string
}

/** Of a dense series: more than a wide display has columns, so that thinning is not seen. */
const mostDrawn = 4000

const axisFont = '11px "Pretendard Variable", system-ui, sans-serif'

export class LinePlot {
  readonly #element: HTMLElement
  readonly #events: PlotEvents
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #resize: ResizeObserver
  readonly #colours = new Map<string, string>()
  readonly #zooming: ZoomPorts
  #content: PlotContent
  #plot: uPlot
  #frame = 0
  #hovered: number | null = null

  constructor(element: HTMLElement, content: PlotContent, events: PlotEvents) {
    this.#element = element
    this.#events = events
    this.#content = content
    this.#zooming = {
      zoom: () => this.#content.zoom,
      fullRange: () => this.#content.fullRange,
      smallest: () => smallestZoom,
      onZoom: events.onZoom,
    }
    this.#plot = this.#create()
    this.#resize = new ResizeObserver(() => this.#fit())
    this.#resize.observe(element)
    this.#scheme.addEventListener('change', this.#recolour)
  }

  /** Another content; the axis kind is fixed at creation, so a change of it makes a new plot. */
  update(content: PlotContent): void {
    const rebuild = content.logScale !== this.#content.logScale
    this.#content = content
    if (rebuild) {
      this.#plot.destroy()
      this.#plot = this.#create()
    }
    this.refresh()
  }

  /** Draws in the next frame; many calls in one frame draw once. */
  refresh(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.#draw()
    })
  }

  /** Puts the reading line on a step, as the pointer would. */
  readAt(step: number | null): void {
    if (step === this.#hovered) return
    this.#hovered = step
    const { width } = this.#plot.over.getBoundingClientRect()
    const left = step === null ? -10 : this.#plot.valToPos(step, 'x')
    this.#plot.setCursor({ left: step === null ? -10 : Math.min(width, Math.max(0, left)), top: 0 }, false)
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame)
    this.#resize.disconnect()
    this.#scheme.removeEventListener('change', this.#recolour)
    this.#plot.destroy()
  }

  #create(): uPlot {
    const { width, height } = this.#size()
    const plot = new uPlot(this.#options(width, height), this.#data(), this.#element)
    listenForZoom(plot, this.#zooming)
    plot.over.addEventListener('pointerleave', () => this.#hover(null))
    return plot
  }

  #options(width: number, height: number): uPlot.Options {
    const axis = (): Partial<uPlot.Axis> => ({
      stroke: () => this.#colour('--chart-axis'),
      grid: { stroke: () => this.#colour('--chart-grid'), width: 1 },
      ticks: { show: false },
      font: axisFont,
    })
    return {
      width,
      height,
      legend: { show: false },
      padding: [10, 14, 0, 0],
      scales: {
        x: { time: false, range: (_plot, low, high) => [low, high] },
        y: { distr: this.#content.logScale ? 3 : 1, range: (_plot, low, high) => [low, high] },
      },
      axes: [
        {
          ...axis(),
          size: 28,
          gap: 6,
          space: 90,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7],
          values: (_plot, splits) => splits.map((split) => this.#events.formatStep(split)),
        },
        {
          ...axis(),
          size: 58,
          gap: 8,
          space: 44,
          values: (_plot, splits) =>
            (splits as (number | null)[]).map((split) => (split === null ? '' : this.#events.formatValue(split))),
        },
      ],
      series: [
        {},
        {
          stroke: () => this.#colour(this.#content.dense?.rawColour ?? '--chart-axis'),
          width: 1,
          points: { show: false },
        },
        {
          stroke: () => this.#colour(this.#content.dense?.colour ?? '--chart-axis'),
          width: 1.75,
          points: { show: (plot) => plot.data[0].length < 3, size: 6 },
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        ...zoomCursor(this.#zooming),
      },
      hooks: {
        setSelect: [(plot) => zoomToSelection(plot, this.#zooming)],
        setCursor: [(plot) => this.#cursorMoved(plot)],
        drawAxes: [(plot) => this.#drawEpochs(plot)],
        draw: [(plot) => this.#drawSparse(plot)],
      },
    }
  }

  #data(): uPlot.AlignedData {
    const { dense, zoom, fullRange } = this.#content
    if (!dense?.visible) return [[], [], []]
    const { steps, values, smoothed } = visiblePoints(dense.columns, zoom ?? fullRange, mostDrawn)
    return [steps, dense.smoothing ? values : [], smoothed] as unknown as uPlot.AlignedData
  }

  #draw(): void {
    const { zoom, fullRange } = this.#content
    const range = zoom ?? fullRange
    const [min, max] = this.#valueRange(range)
    this.#plot.batch(() => {
      this.#plot.setData(this.#data(), false)
      this.#plot.setScale('x', { min: range[0], max: range[1] })
      this.#plot.setScale('y', { min, max })
    })
  }

  /** Of everything in sight, with a little room. */
  #valueRange(range: StepRange): readonly [number, number] {
    const { dense, sparse, bounds, logScale } = this.#content
    let least = Infinity
    let most = -Infinity
    for (const { columns, visible } of dense ? [dense, ...sparse] : sparse) {
      if (!visible) continue
      const { values } = columns
      const last = columns.indexAtOrBefore(range[1])
      for (let i = Math.max(0, columns.indexAtOrBefore(range[0] - 1) + 1); i <= last; i++) {
        const value = values[i] ?? 0
        if (value < least) least = value
        if (value > most) most = value
      }
    }
    if (least > most) return logScale ? [0.1, 1] : [bounds[0], Math.min(bounds[1], bounds[0] + 1)]
    if (logScale) return logRange(Math.max(least, 1e-9), Math.max(most, 1e-9))
    const room = (most - least || Math.abs(most) * 0.1 || 1) * 0.06
    return [Math.max(bounds[0], least - room), Math.min(bounds[1], most + room)]
  }

  #drawEpochs(plot: uPlot): void {
    const every = this.#content.stepsPerEpoch
    const { min, max } = plot.scales['x'] ?? {}
    if (every === null || min == null || max == null || (max - min) / every > 60) return
    const { ctx, bbox } = plot
    ctx.save()
    ctx.strokeStyle = this.#colour('--chart-grid')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    for (let step = Math.ceil(min / every) * every; step <= max; step += every) {
      const x = Math.round(plot.valToPos(step, 'x', true)) + 0.5
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
    }
    ctx.stroke()
    ctx.restore()
  }

  #drawSparse(plot: uPlot): void {
    const { ctx, bbox } = plot
    ctx.save()
    ctx.beginPath()
    ctx.rect(
      bbox.left,
      bbox.top - 6 * devicePixelRatio,
      bbox.width + 8 * devicePixelRatio,
      bbox.height + 8 * devicePixelRatio,
    )
    ctx.clip()
    for (const { columns, colour, visible } of this.#content.sparse) {
      if (visible && columns.length > 0) this.#drawMarkedLine(plot, columns, this.#colour(colour))
    }
    ctx.restore()
  }

  #drawMarkedLine(plot: uPlot, columns: CurveColumns, colour: string): void {
    const { ctx } = plot
    const { steps, values } = visiblePoints(columns, this.#content.zoom ?? this.#content.fullRange, mostDrawn)
    const points = Array.from(steps, (step, i): [number, number] => [
      plot.valToPos(step, 'x', true),
      plot.valToPos(values[i] ?? 0, 'y', true),
    ])
    ctx.lineWidth = 1.75 * devicePixelRatio
    ctx.lineJoin = 'round'
    ctx.strokeStyle = colour
    ctx.beginPath()
    points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)))
    ctx.stroke()
    if (points.length > 120) return
    ctx.fillStyle = this.#colour('--chart-surface')
    for (const [x, y] of points) {
      ctx.beginPath()
      ctx.arc(x, y, 3.25 * devicePixelRatio, 0, 2 * Math.PI)
      ctx.fill()
      ctx.stroke()
    }
  }

  #cursorMoved(plot: uPlot): void {
    const { left } = plot.cursor
    this.#hover(left == null || left < 0 ? null : Math.round(plot.posToVal(left, 'x')))
  }

  #hover(step: number | null): void {
    if (step === this.#hovered) return
    this.#hovered = step
    this.#events.onHover(step)
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.#element.clientWidth), height: Math.max(80, this.#element.clientHeight) }
  }

  #fit(): void {
    const { width, height } = this.#size()
    if (width !== this.#plot.width || height !== this.#plot.height) this.#plot.setSize({ width, height })
  }

  readonly #recolour = (): void => {
    this.#colours.clear()
    this.refresh()
  }

  /** The computed value of a registered custom property; reading it forces a style pass, so it is kept. */
  #colour(token: string): string {
    const known = this.#colours.get(token)
    if (known !== undefined) return known
    const colour = getComputedStyle(this.#element).getPropertyValue(token).trim()
    this.#colours.set(token, colour)
    return colour
  }
}

/** Whole halves of a decade around the values, so that the axis has lines to show. */
function logRange(least: number, most: number): readonly [number, number] {
  return [10 ** (Math.floor(Math.log10(least) * 2) / 2), 10 ** (Math.ceil(Math.log10(most) * 2 + 1e-9) / 2)]
}
