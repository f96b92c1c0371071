/** Eigenvectors and eigenvalues of a symmetric matrix by Jacobi's rotations: only + - * / and the square root, so the bits are the same everywhere. */

export interface PrincipalComponent {
  /** Of length 1; its largest part is positive. */
  readonly direction: number[]
  /** Square root of the eigenvalue. */
  readonly deviation: number
}

/** The largest first. `covariance` is symmetric, row by row. */
export function principalComponents(covariance: readonly (readonly number[])[]): PrincipalComponent[] {
  const n = covariance.length
  const a = covariance.map((row) => [...row])
  const vectors = a.map((_, i) => a.map((__, k) => (i === k ? 1 : 0)))
  const get = (m: number[][], i: number, k: number) => (m[i] as number[])[k] as number
  for (let sweep = 0; sweep < 32; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = get(a, p, q)
        if (off === 0) continue
        const theta = (get(a, q, q) - get(a, p, p)) / (2 * off)
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let k = 0; k < n; k++) rotate(a, k, p, k, q, c, s)
        for (let k = 0; k < n; k++) rotate(a, p, k, q, k, c, s)
        for (let k = 0; k < n; k++) rotate(vectors, k, p, k, q, c, s)
      }
    }
  }
  return a
    .map((_, i) => ({ value: Math.max(0, get(a, i, i)), direction: vectors.map((row) => row[i] as number) }))
    .sort((x, y) => y.value - x.value)
    .map(({ value, direction }) => ({ direction: withPositiveLead(direction), deviation: Math.sqrt(value) }))
}

function rotate(m: number[][], i: number, k: number, i2: number, k2: number, c: number, s: number): void {
  const first = m[i] as number[]
  const second = m[i2] as number[]
  const x = first[k] as number
  const y = second[k2] as number
  first[k] = c * x - s * y
  second[k2] = s * x + c * y
}

function withPositiveLead(direction: number[]): number[] {
  const lead = direction.reduce((best, part) => (Math.abs(part) > Math.abs(best) ? part : best), 0)
  return lead < 0 ? direction.map((part) => -part) : direction
}
