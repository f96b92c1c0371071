/** A shape as people write it: height × width × channels, although tensors are stored with channels first. */
export function shapeText(shape: readonly number[]): string {
  const [channels, ...sizes] = shape
  if (channels === undefined) return ''
  return sizes.length === 0 ? String(channels) : [...sizes, channels].join(' × ')
}
