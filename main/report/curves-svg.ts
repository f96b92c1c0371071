/** Curves of several runs as a still picture. */
import { markup, nothing, type Html } from './html.ts'

export interface ReportLine {
  readonly label: string
  readonly colour: string
  readonly dashed: boolean
  readonly points: readonly (readonly [x: number, y: number])[]
}

const width = 560
const height = 240
const margin = { left: 52, right: 10, top: 10, bottom: 28 }

export function curvesSvg(
  title: string,
  lines: readonly ReportLine[],
  formatY: (value: number) => string,
  xName: string,
): Html {
  const finite = lines
    .map((line) => ({ ...line, points: line.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0)
  if (finite.length === 0) return nothing
  const all = finite.flatMap(({ points }) => points)
  const xs = rangeOf(all.map(([x]) => x))
  const ys = rangeOf(all.map(([, y]) => y))
  const x = (value: number): number =>
    margin.left + ((value - xs.low) / (xs.high - xs.low)) * (width - margin.left - margin.right)
  const y = (value: number): number =>
    height - margin.bottom - ((value - ys.low) / (ys.high - ys.low)) * (height - margin.top - margin.bottom)
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return markup`<figure>
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
      ${ticks.map((share) => {
        const value = ys.low + share * (ys.high - ys.low)
        const at = y(value).toFixed(1)
        return markup`<line
            x1="${margin.left}"
            x2="${width - margin.right}"
            y1="${at}"
            y2="${at}"
            stroke="#e3e5e9"
          /><text x="${margin.left - 6}" y="${at}" dy="4" text-anchor="end">${formatY(value)}</text>`
      })}
      <text x="${margin.left}" y="${height - 8}">${Math.round(xs.low)}</text>
      <text x="${width - margin.right}" y="${height - 8}" text-anchor="end">${xName} ${Math.round(xs.high)}</text>
      ${finite.map(({ label, colour, dashed, points }) => {
        const path = points
          .map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`)
          .join('')
        const dot =
          points.length === 1
            ? markup`<circle
                cx="${x(points[0]![0]).toFixed(1)}"
                cy="${y(points[0]![1]).toFixed(1)}"
                r="3"
                fill="${colour}"
              />`
            : nothing
        return markup`<path
            d="${path}"
            fill="none"
            stroke="${colour}"
            stroke-width="${dashed ? '1.1' : '1.8'}"
            ${dashed ? markup` stroke-dasharray="5 4"` : nothing}
            ><title>${label}</title></path
          >${dot}`
      })}
    </svg>
    <ul class="legend">
      ${finite.map(
        ({ label, colour, dashed }) =>
          markup`<li>
            <svg viewBox="0 0 22 8" class="key" aria-hidden="true">
              <path
                d="M0 4H22"
                stroke="${colour}"
                stroke-width="2"
                ${dashed ? markup` stroke-dasharray="5 4"` : nothing}
              /></svg
            >${label}
          </li>`,
      )}
    </ul>
  </figure>`
}

function rangeOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (high > low) return { low, high }
  const half = low === 0 ? 0.5 : Math.abs(low) / 2
  return { low: low - half, high: low + half }
}
