/** Brightness as television weighs it (ITU-R BT.601), and colour maps that are built on it. */
const weights = [0.299, 0.587, 0.114] as const

/** Keeps the brightness and multiplies the distance from grey; one channel has no colour to change. */
export function saturationMatrix(channels: number, factor: number): readonly number[] {
  if (channels !== 3) return identityMatrix(channels)
  const [red, green, blue] = [(1 - factor) * weights[0], (1 - factor) * weights[1], (1 - factor) * weights[2]]
  return [red + factor, green, blue, red, green + factor, blue, red, green, blue + factor]
}

const toYiq = [...weights, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312]
const fromYiq = inverse(toYiq)

/**
 * Turns the colours about the grey axis by `turns` of a circle, in YIQ: R' = Y + 0.956 I + 0.621 Q and so on. Linear, so it joins the one
 * pass over the colours; brightness stays exactly.
 */
export function hueMatrix(channels: number, turns: number): readonly number[] {
  if (channels !== 3) return identityMatrix(channels)
  const cos = Math.cos(2 * Math.PI * turns)
  const sin = Math.sin(2 * Math.PI * turns)
  return product(fromYiq, product([1, 0, 0, 0, cos, -sin, 0, sin, cos], toYiq))
}

export function identityMatrix(channels: number, factor = 1): readonly number[] {
  return channels === 1 ? [factor] : [factor, 0, 0, 0, factor, 0, 0, 0, factor]
}

function product(a: readonly number[], b: readonly number[]): readonly number[] {
  const result: number[] = []
  for (let row = 0; row < 9; row += 3) {
    for (let column = 0; column < 3; column++) {
      let sum = 0
      for (let k = 0; k < 3; k++) sum += (a[row + k] as number) * (b[k * 3 + column] as number)
      result.push(sum)
    }
  }
  return result
}

function inverse(m: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = m
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g]
  const determinant = a * A + b * B + c * C
  const adjugate = [A, c * h - b * i, b * f - c * e, B, a * i - c * g, c * d - a * f, C, b * g - a * h, a * e - b * d]
  return adjugate.map((value) => value / determinant)
}
