/**
 * Draws a line with at most as many strokes as there are columns of pixels. A line that goes up and down within its columns is filled column by
 * column: stroking it with smooth edges costs twenty times as much and looks the same. A calm one is stroked, and seen without steps.
 */
import { pixelColumns, pointsInSight, type LinePoints, type PixelColumns } from './pixel-columns.ts'

export interface LineArea {
  /** In device pixels, from the corner of the canvas. */
  readonly left: number
  readonly width: number
  /** The values at the left and the right edge. */
  readonly range: readonly [number, number]
  /** From a value to device pixels of the canvas. */
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

export interface LineStyle {
  readonly colour: string
  /** In device pixels. */
  readonly width: number
  /** Lengths of dashes and gaps in device pixels; empty for a whole line. */
  readonly dash: readonly number[]
}

/** Rings at the points: their radius in device pixels and what fills them. */
export interface RingStyle {
  readonly radius: number
  readonly fill: string
}

/** In pixels a column: above it the line is a band of noise. */
const steepest = 3
const mostRings = 120

export function drawLine(ctx: CanvasRenderingContext2D, points: LinePoints, area: LineArea, style: LineStyle): void {
  const sight = pointsInSight(points.xs, ...area.range)
  const [start, end] = sight
  if (end <= start) return
  const columns = Math.max(1, Math.round(area.width))
  const isThick = end - start > columns / 4
  const cut = isThick ? pixelColumns(points, sight, columns, (value) => area.x(value) - area.left, area.y) : null
  if (cut && steepness(cut) > steepest) {
    fillColumns(ctx, cut, area.left, style)
    return
  }
  ctx.strokeStyle = style.colour
  ctx.lineWidth = style.width
  ctx.lineJoin = 'round'
  ctx.setLineDash([...style.dash])
  ctx.beginPath()
  if (cut && end - start > 2 * columns) traceColumns(ctx, cut, area.left)
  else tracePoints(ctx, points, sight, area)
  ctx.stroke()
  ctx.setLineDash([])
  // A single point has no line.
  if (end - start === 1) drawRings(ctx, points, area, style, { radius: style.width, fill: style.colour })
}

function steepness({ top, bottom }: PixelColumns): number {
  let [sum, count] = [0, 0]
  for (let i = 0; i < top.length; i++) {
    const height = (bottom[i] as number) - (top[i] as number)
    if (height < 0) continue
    sum += height
    count += 1
  }
  return sum / Math.max(1, count)
}

function fillColumns(
  ctx: CanvasRenderingContext2D,
  { top, bottom }: PixelColumns,
  left: number,
  { colour, width, dash }: LineStyle,
): void {
  const [drawn = 0, gap = 0] = dash
  ctx.fillStyle = colour
  const first = Math.round(left)
  for (let i = 0; i < top.length; i++) {
    const [high, low] = [top[i] as number, bottom[i] as number]
    if (low < high || (gap > 0 && i % (drawn + gap) >= drawn)) continue
    const y = Math.round(high - width / 2)
    ctx.fillRect(first + i, y, 1, Math.max(1, Math.round(low + width / 2) - y))
  }
}

/** Through the middle of each column. */
function traceColumns(ctx: CanvasRenderingContext2D, { top, bottom }: PixelColumns, left: number): void {
  let isDown = false
  for (let i = 0; i < top.length; i++) {
    const [high, low] = [top[i] as number, bottom[i] as number]
    if (low < high) isDown = false
    else if (isDown) ctx.lineTo(left + i + 0.5, (high + low) / 2)
    else {
      ctx.moveTo(left + i + 0.5, (high + low) / 2)
      isDown = true
    }
  }
}

function tracePoints(
  ctx: CanvasRenderingContext2D,
  { xs, ys }: LinePoints,
  [start, end]: readonly [number, number],
  { x, y }: LineArea,
): void {
  let isDown = false
  for (let i = start; i < end; i++) {
    const [px, py] = [x(xs[i] as number), y(ys[i] as number)]
    if (!Number.isFinite(px) || !Number.isFinite(py)) isDown = false
    else if (isDown) ctx.lineTo(px, py)
    else {
      ctx.moveTo(px, py)
      isDown = true
    }
  }
}

/** None where they are too many to be told apart. */
export function drawRings(
  ctx: CanvasRenderingContext2D,
  { xs, ys }: LinePoints,
  { x, y, range }: LineArea,
  { colour, width }: LineStyle,
  { radius, fill }: RingStyle,
): void {
  const [start, end] = pointsInSight(xs, ...range)
  if (end - start > mostRings) return
  ctx.strokeStyle = colour
  ctx.lineWidth = width
  ctx.fillStyle = fill
  for (let i = start; i < end; i++) {
    const [px, py] = [x(xs[i] as number), y(ys[i] as number)]
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue
    ctx.beginPath()
    ctx.arc(px, py, radius, 0, 2 * Math.PI)
    ctx.fill()
    ctx.stroke()
  }
}
