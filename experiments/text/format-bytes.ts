/** Sizes in the units of memory and of every limit in the studio: 1 KiB is 1024 bytes. */
const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** The amount in the largest unit that leaves it at least one; null below a KiB. */
export function scaledBytes(bytes: number): { readonly value: number; readonly unit: (typeof units)[number] } | null {
  if (bytes < 1024) return null
  let value = bytes / 1024
  let unit = 0
  // What would be written as 1024.0 is one of the next unit.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return { value, unit: units[unit]! }
}

export function formatBytes(bytes: number): string {
  const scaled = scaledBytes(bytes)
  return scaled ? `${scaled.value.toFixed(1)} ${scaled.unit}` : `${bytes} bytes`
}
