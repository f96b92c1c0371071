/** How a pointer zooms and pans any chart on uPlot: Ctrl with the wheel zooms, the middle button or Shift with the left one pans, a double click shows everything. */
import type uPlot from 'uplot'
import type { AxisShape } from './axis-shape.ts'
import { pan, zoomAround, type StepRange } from './step-range.ts'

export interface ZoomPorts {
  /** What is in sight; null is everything. */
  readonly zoom: () => StepRange | null
  readonly fullRange: () => StepRange
  /** The narrowest range that is worth looking at. */
  readonly smallest: () => number
  readonly shape: () => AxisShape
  readonly onZoom: (zoom: StepRange | null) => void
}

/** The cursor options that leave those buttons to the gestures. */
export function zoomCursor(ports: ZoomPorts): Pick<uPlot.Cursor, 'drag' | 'bind'> {
  return {
    drag: { x: true, y: false, setScale: false },
    bind: {
      mousedown: (_plot, _target, handler) => (event) => {
        if (event.button === 0 && !event.shiftKey) handler(event)
        return null
      },
      dblclick: () => () => {
        ports.onZoom(null)
        return null
      },
    },
  }
}

/** A range that was drawn with the pointer. */
export function zoomToSelection(plot: uPlot, ports: ZoomPorts): void {
  const { left, width } = plot.select
  if (width < 4) return
  const from = plot.posToVal(left, 'x')
  const to = plot.posToVal(left + width, 'x')
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
  ports.onZoom([from, to])
}

export function listenForZoom(plot: uPlot, ports: ZoomPorts): void {
  plot.over.addEventListener('wheel', (event) => wheel(event, plot, ports), { passive: false })
  plot.over.addEventListener('pointerdown', (event) => startPan(event, plot, ports))
}

function wheel(event: WheelEvent, plot: uPlot, { zoom, fullRange, smallest, shape, onZoom }: ZoomPorts): void {
  if (!event.ctrlKey && !event.metaKey) return
  event.preventDefault()
  const { left } = plot.over.getBoundingClientRect()
  const full = fullRange()
  // The plot draws in the next frame: several turns of the wheel before it follow each other.
  const range = zoom() ?? full
  const axis = shape()
  const share = (event.clientX - left) / plot.over.clientWidth
  const [from, to] = [axis.place(range[0]), axis.place(range[1])]
  const centre = axis.valueAt(from + (to - from) * share)
  onZoom(zoomAround(range, centre, Math.exp(event.deltaY * 0.002), full, smallest(), axis))
}

function startPan(event: PointerEvent, { over }: uPlot, { zoom, fullRange, shape, onZoom }: ZoomPorts): void {
  if (!(event.button === 1 || (event.button === 0 && event.shiftKey))) return
  const range = zoom()
  if (!range) return
  event.preventDefault()
  const full = fullRange()
  const width = over.clientWidth
  const startX = event.clientX
  over.setPointerCapture(event.pointerId)
  const move = ({ clientX }: PointerEvent): void => onZoom(pan(range, (startX - clientX) / width, full, shape()))
  over.addEventListener('pointermove', move)
  over.addEventListener('lostpointercapture', () => over.removeEventListener('pointermove', move), { once: true })
}
