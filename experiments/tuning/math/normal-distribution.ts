/** Distribution function of the standard normal. G. West: Better approximations to cumulative normal functions, Wilmott 2005 (Hart's method). */

export function normalCdf(z: number): number {
  const x = Math.abs(z)
  if (x > 37) return z > 0 ? 1 : 0
  const exponential = Math.exp((-x * x) / 2)
  let tail: number
  if (x < 7.07106781186547) {
    let top = 3.52624965998911e-2 * x + 0.700383064443688
    for (const c of [6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376])
      top = top * x + c
    let bottom = 8.83883476483184e-2 * x + 1.75566716318264
    for (const c of [
      16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752,
    ]) {
      bottom = bottom * x + c
    }
    tail = (exponential * top) / bottom
  } else {
    let fraction = x + 0.65
    for (const n of [4, 3, 2, 1]) fraction = x + n / fraction
    tail = exponential / fraction / 2.506628274631
  }
  return z > 0 ? 1 - tail : tail
}

/** log(cdf(high) - cdf(low)) for low < high, without cancellation in the far tails. */
export function logNormalMass(low: number, high: number): number {
  const [a, b] = low > 0 ? [-high, -low] : [low, high]
  const mass = normalCdf(b) - normalCdf(a)
  return Math.log(Math.max(mass, 1e-300))
}

export function normalPdf(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
}
