/**
 * A random matrix with orthonormal rows, or columns where there are fewer of them, by modified Gram-Schmidt on normal numbers. Only
 * + - * / and the square root, so that the bits are the same on every machine.
 */
import type { CounterRandom } from '../../experiments/random/counter-random.ts'

/** Work grows with the square of the rows: above this many, only rows within a block are orthogonal to each other. */
const blockRows = 512

/** [rows, columns], row-major. */
export function orthogonalRows(rows: number, columns: number, random: CounterRandom): Float32Array {
  const isWide = rows <= columns
  const count = isWide ? rows : columns
  const length = isWide ? columns : rows
  const vectors: Float64Array[] = []
  for (let i = 0; i < count; i++) {
    const earlier = vectors.slice(i - (i % blockRows))
    vectors.push(unitVector(length, earlier, random))
  }
  const values = new Float32Array(rows * columns)
  vectors.forEach((vector, i) => {
    for (let k = 0; k < length; k++) values[isWide ? i * columns + k : k * columns + i] = vector[k] ?? 0
  })
  return values
}

/** A random direction at right angles to all of `others`, which are unit vectors. */
function unitVector(length: number, others: readonly Float64Array[], random: CounterRandom): Float64Array {
  const vector = Float64Array.from({ length }, () => random.normal())
  for (const other of others) {
    const share = dot(vector, other)
    for (let k = 0; k < length; k++) vector[k] = (vector[k] ?? 0) - share * (other[k] ?? 0)
  }
  const norm = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / norm)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0)
  return sum
}
