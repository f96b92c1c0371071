/** A curve of any length as one short SVG path: the mean of each bucket, over the range of the values. */

const buckets = 96

/** In a box of `width` by `height` with a margin of one pixel above and below; empty without two points. */
export function sparklinePath(values: Float64Array, width: number, height: number): string {
  const count = Math.min(buckets, values.length)
  if (count < 2) return ''
  const means = Array.from({ length: count }, (_, bucket) => {
    const from = Math.floor((bucket * values.length) / count)
    const to = Math.floor(((bucket + 1) * values.length) / count)
    let sum = 0
    for (let i = from; i < to; i++) sum += values[i] as number
    return sum / (to - from)
  })
  const low = Math.min(...means)
  const range = Math.max(...means) - low || 1
  return means
    .map((mean, index) => {
      const x = (index * width) / (count - 1)
      const y = height - 1 - ((mean - low) / range) * (height - 2)
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}
