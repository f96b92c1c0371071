/**
 * The outlines of the shapes dataset as signed distances in a unit frame: negative inside, the whole shape within about radius 1.
 * Polygons after I. Quilez, https://iquilezles.org/articles/distfunctions2d. Only + - * / and the square root, and vertices
 * as literals, so that every platform gets the same bits.
 */

/** Distance from (x, y) to the outline, in units of the shape's radius. */
export type Outline = (x: number, y: number) => number

export interface ShapeClass {
  readonly name: string
  readonly outline: Outline
}

export const shapeClasses: readonly ShapeClass[] = [
  { name: 'circle', outline: (x, y) => length(x, y) - 0.9 },
  { name: 'ring', outline: (x, y) => Math.abs(length(x, y) - 0.76) - 0.22 },
  { name: 'crescent', outline: (x, y) => Math.max(length(x, y) - 1, 0.82 - length(x - 0.5, y)) },
  { name: 'semicircle', outline: (x, y) => Math.max(length(x, y + 0.45) - 1, -(y + 0.45)) },
  { name: 'triangle', outline: polygon([0, -1, 0.8660254, 0.5, -0.8660254, 0.5]) },
  { name: 'square', outline: polygon([-0.75, -0.75, 0.75, -0.75, 0.75, 0.75, -0.75, 0.75]) },
  { name: 'bar', outline: polygon([-1, -0.33, 1, -0.33, 1, 0.33, -1, 0.33]) },
  { name: 'cross', outline: polygon(cross(0.3)) },
  { name: 'star', outline: polygon(star(0.42)) },
  {
    name: 'arrow',
    outline: polygon([-1, -0.22, 0.05, -0.22, 0.05, -0.72, 1, 0, 0.05, 0.72, 0.05, 0.22, -1, 0.22]),
  },
]

function cross(w: number): number[] {
  return [-w, -1, w, -1, w, -w, 1, -w, 1, w, w, w, w, 1, -w, 1, -w, w, -1, w, -1, -w, -w, -w]
}

/** Five points on the unit circle, five between them on a circle of `inner`. */
function star(inner: number): number[] {
  const [a, b, c, d] = [0.9510565, 0.309017, 0.5877853, 0.809017]
  const outerPoints = [0, -1, a, -b, c, d, -c, d, -a, -b]
  const innerPoints = [c, -d, a, b, 0, 1, -a, b, -c, -d].map((value) => value * inner)
  return [0, 2, 4, 6, 8].flatMap((i) => [...outerPoints.slice(i, i + 2), ...innerPoints.slice(i, i + 2)])
}

function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y)
}

/** Distance to the nearest edge, negative where a ray crosses the outline an odd number of times. */
function polygon(vertices: readonly number[]): Outline {
  const points = Float64Array.from(vertices)
  return (x, y) => {
    let nearest = Infinity
    let inside = false
    let fromX = points[points.length - 2] as number
    let fromY = points[points.length - 1] as number
    for (let i = 0; i < points.length; i += 2) {
      const toX = points[i] as number
      const toY = points[i + 1] as number
      const edgeX = fromX - toX
      const edgeY = fromY - toY
      const pX = x - toX
      const pY = y - toY
      const along = (pX * edgeX + pY * edgeY) / (edgeX * edgeX + edgeY * edgeY)
      const clamped = along < 0 ? 0 : along > 1 ? 1 : along
      const offX = pX - edgeX * clamped
      const offY = pY - edgeY * clamped
      nearest = Math.min(nearest, offX * offX + offY * offY)
      if (toY > y !== fromY > y && x < toX + (edgeX * pY) / edgeY) inside = !inside
      fromX = toX
      fromY = toY
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest)
  }
}
