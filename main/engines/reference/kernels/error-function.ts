/**
 * The error function in float64. Up to 3 its Taylor series, 2 / sqrt(pi) * sum of (-1)^n x^(2n+1) / (n! (2n+1)) in the form without
 * cancellation (Abramowitz, Stegun 7.1.6); beyond, the continued fraction of its complement (7.1.14).
 */
export function errorFunction(x: number): number {
  const size = Math.abs(x)
  return Math.sign(x) * (size < 3 ? series(size) : 1 - complement(size))
}

function series(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

function complement(x: number): number {
  let fraction = x
  for (let n = 60; n >= 1; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI))
}
