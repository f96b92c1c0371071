/** Brightness as television weighs it (ITU-R BT.601), and colour maps that are built on it. */
const weights = [0.299, 0.587, 0.114] as const

/** Keeps the brightness and multiplies the distance from grey; one channel has no colour to change. */
export function saturationMatrix(channels: number, factor: number): readonly number[] {
  if (channels !== 3) return identityMatrix(channels)
  return [0, 1, 2].flatMap((row) =>
    weights.map((weight, column) => (1 - factor) * weight + (row === column ? factor : 0)),
  )
}

/**
 * Turns the colours about the grey axis by `turns` of a circle, in YIQ: R' = Y + 0.956 I + 0.621 Q and so on. Linear, so it joins the one
 * pass over the colours; brightness stays exactly.
 */
export function hueMatrix(channels: number, turns: number): readonly number[] {
  if (channels !== 3) return identityMatrix(channels)
  const [cos, sin] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)]
  const toYiq = [...weights, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312]
  const turn = [1, 0, 0, 0, cos, -sin, 0, sin, cos]
  return product(inverse(toYiq), product(turn, toYiq))
}

export function identityMatrix(channels: number, factor = 1): readonly number[] {
  return Array.from({ length: channels * channels }, (_, i) => (i % (channels + 1) === 0 ? factor : 0))
}

function product(a: readonly number[], b: readonly number[]): readonly number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const row = Math.floor(i / 3) * 3
    const column = i % 3
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] as number) * (b[k * 3 + column] as number), 0)
  })
}

function inverse(m: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = m
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g]
  const determinant = a * A + b * B + c * C
  const adjugate = [A, c * h - b * i, b * f - c * e, B, a * i - c * g, c * d - a * f, C, b * g - a * h, a * e - b * d]
  return adjugate.map((value) => value / determinant)
}
