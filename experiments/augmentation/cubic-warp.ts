/**
 * A smooth local displacement: uniform cubic B-splines over a grid of control points, three more a direction than cells. The displacement
 * lies within the hull of the control values, so the strength is a bound. D. Rueckert et al.: Nonrigid Registration Using Free-Form
 * Deformations, IEEE Transactions on Medical Imaging 18 (1999).
 */
export class CubicWarp {
  /** Cells a direction. */
  readonly cells: number
  /** (cells + 3)^2 pairs (dx, dy), row by row. */
  readonly control: Float32Array

  constructor(cells: number, control: Float32Array) {
    this.cells = cells
    this.control = control
  }
}

/** Weights of the four control points around the fraction `t` of a cell. */
export function splineWeights(t: number): readonly [number, number, number, number] {
  const s = 1 - t
  const t2 = t * t
  const t3 = t2 * t
  return [(s * s * s) / 6, (3 * t3 - 6 * t2 + 4) / 6, (-3 * t3 + 3 * t2 + 3 * t + 1) / 6, t3 / 6]
}
