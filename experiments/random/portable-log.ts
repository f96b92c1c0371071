/**
 * The natural logarithm from +, -, *, / alone, so that it has the same bits on every machine: ECMAScript fixes those four to
 * IEEE 754 double precision, but leaves Math.log to the implementation. Error below 1 unit in the last place.
 * Method of fdlibm's e_log.c: x = 2^k (1 + f), s = f / (2 + f), log(1 + f) = 2 s + s (polynomial in s^2).
 */
const ln2High = 6.9314718036912381649e-1
const ln2Low = 1.90821492927058770002e-10
const coefficients = [
  1.479819860511658591e-1, 1.531383769920937332e-1, 1.818357216161805012e-1, 2.222219843214978396e-1,
  2.857142874366239149e-1, 3.9999999999409419e-1, 6.66666666666673513e-1,
]
const view = new DataView(new ArrayBuffer(8))

/** log(x) for a positive, finite, normal x. */
export function portableLog(x: number): number {
  view.setFloat64(0, x)
  const high = view.getUint32(0)
  let exponent = (high >>> 20) - 1023
  view.setUint32(0, (high & 0x000fffff) | 0x3ff00000)
  let mantissa = view.getFloat64(0)
  if (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent += 1
  }
  const f = mantissa - 1
  const s = f / (2 + f)
  const z = s * s
  let series = 0
  for (const coefficient of coefficients) series = z * (series + coefficient)
  const halfSquare = 0.5 * f * f
  return exponent * ln2High - (halfSquare - (s * (halfSquare + series) + exponent * ln2Low) - f)
}
