/** A drawing as plain shapes, to be written as SVG or painted on a canvas: both show the same. Lengths are pixels at 100 %. */

export interface Point {
  readonly x: number
  readonly y: number
}

export type Shape =
  | {
      readonly kind: 'box'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly radius: number
      readonly fill: string
      readonly stroke?: string
      readonly strokeWidth?: number
      /** Lengths of dashes and gaps. */
      readonly dash?: number
    }
  /** A wire that leaves downwards and arrives from above, with an arrowhead where it ends. */
  | {
      readonly kind: 'wire'
      readonly from: Point
      readonly to: Point
      readonly stroke: string
      readonly strokeWidth: number
      readonly dash?: number
    }
  | {
      readonly kind: 'text'
      readonly x: number
      /** Of the baseline. */
      readonly y: number
      readonly text: string
      readonly size: number
      readonly weight: 400 | 600
      readonly fill: string
      readonly anchor: 'start' | 'middle' | 'end'
    }

export interface Picture {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly background: string
  readonly shapes: readonly Shape[]
}

export const pictureFont = "'Pretendard Variable', Pretendard, Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

/** Control points of a wire: it leaves and arrives upright, and bends the more the further it goes. */
export function wireControls(from: Point, to: Point): readonly [Point, Point] {
  const bend = Math.max(16, Math.min(90, Math.abs(to.y - from.y) / 2))
  return [
    { x: from.x, y: from.y + bend },
    { x: to.x, y: to.y - bend },
  ]
}
