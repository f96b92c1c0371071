import { describe, expect, it } from 'vitest'
import { counterRandom, permutation } from './counter-random.ts'
import { inverseNormal } from './inverse-normal.ts'
import { philox4x32 } from './philox.ts'
import { portableLog } from './portable-log.ts'

describe('philox4x32', () => {
  // The known-answer vectors of Random123 (kat_vectors, philox4x32 10).
  const vectors = [
    { counter: [0, 0, 0, 0], key: [0, 0], expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const
  it.each(vectors)('equals the published vector $expected', ({ counter, key, expected }) => {
    const out = new Uint32Array(4)
    philox4x32(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out)
    expect([...out]).toEqual(expected)
  })
})

describe('portableLog', () => {
  it('agrees with Math.log to the last places over the whole range', () => {
    for (let exponent = -1000; exponent <= 1000; exponent += 7) {
      for (const mantissa of [1, 1.1, 1.4142135623730951, 1.4142135623730954, 1.7, 1.9999999999999998]) {
        const x = mantissa * 2 ** exponent
        expect(Math.abs(portableLog(x) - Math.log(x))).toBeLessThanOrEqual(2e-16 * Math.abs(Math.log(x)) + 1e-300)
      }
    }
  })
})

describe('inverseNormal', () => {
  // Test values of the AS 241 paper.
  it.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798408],
  ])('has the quantile of %d', (probability, quantile) => {
    expect(inverseNormal(probability)).toBeCloseTo(quantile, 13)
  })
})

describe('counterRandom', () => {
  it('repeats a stream and keeps streams of other keys apart', () => {
    const key = { seed: 7, purpose: 'shuffle', epoch: 3, index: 11 }
    const draw = (k: Parameters<typeof counterRandom>[0]) => {
      const random = counterRandom(k)
      return Array.from({ length: 8 }, () => random.nextUint32())
    }
    const streams = [
      key,
      { ...key, seed: 8 },
      { ...key, purpose: 'shuffles' },
      { ...key, epoch: 4 },
      { ...key, index: 12 },
      { ...key, index: 11 + 2 ** 32 },
    ].map(draw)
    expect(draw(key)).toEqual(streams[0])
    expect(new Set(streams.flat()).size).toBe(streams.length * 8)
  })

  it('has the moments of a uniform and of a normal distribution', () => {
    const random = counterRandom({ seed: 1, purpose: 'moments' })
    const n = 200_000
    const moments = (values: readonly number[]) => {
      const mean = values.reduce((a, b) => a + b, 0) / n
      const central = (power: number) => values.reduce((sum, v) => sum + (v - mean) ** power, 0) / n
      return { mean, variance: central(2), kurtosis: central(4) / central(2) ** 2 }
    }
    const uniform = moments(Array.from({ length: n }, () => random.uniform()))
    expect(uniform.mean).toBeCloseTo(0.5, 2)
    expect(uniform.variance).toBeCloseTo(1 / 12, 3)
    const normal = moments(Array.from({ length: n }, () => random.normal()))
    expect(Math.abs(normal.mean)).toBeLessThan(0.01)
    expect(normal.variance).toBeCloseTo(1, 1)
    expect(normal.kurtosis).toBeCloseTo(3, 0)
  })

  it('draws integers below n evenly', () => {
    const random = counterRandom({ seed: 2, purpose: 'below' })
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 100_000; i++) counts[random.below(10)]! += 1
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare).toBeLessThan(27.9) // 0.1 % point with 9 degrees of freedom
    expect(() => random.below(0)).toThrow(RangeError)
  })

  it('refuses a key that is not an integer in range', () => {
    expect(() => counterRandom({ seed: -1, purpose: 'x' })).toThrow(RangeError)
    expect(() => counterRandom({ seed: 1.5, purpose: 'x' })).toThrow(RangeError)
    expect(() => counterRandom({ seed: 1, purpose: 'x', index: 2 ** 53 })).toThrow(RangeError)
  })

  it('keeps these exact numbers for ever: old runs must stay reproducible', () => {
    const random = counterRandom({ seed: 1, purpose: 'golden', epoch: 2, index: 3 })
    expect([random.nextUint32(), random.uniform(), random.normal(), random.below(1000)]).toMatchInlineSnapshot(`
      [
        3463395260,
        0.6578366207878544,
        -0.24827105978716887,
        405,
      ]
    `)
  })
})

describe('permutation', () => {
  it('is a permutation, differs by epoch, and repeats', () => {
    const first = permutation(1, 'shuffle', 0, 1000)
    expect([...first].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(permutation(1, 'shuffle', 0, 1000)).toEqual(first)
    expect(permutation(1, 'shuffle', 1, 1000)).not.toEqual(first)
    expect(permutation(1, 'shuffle', 0, 0)).toHaveLength(0)
  })
})

describe('from', () => {
  it.each([0, 1, 3, 4, 9, 4096])('begins after %i draws', (from) => {
    const whole = counterRandom({ seed: 5, purpose: 'x', index: 2 })
    for (let i = 0; i < from; i++) whole.nextUint32()
    const late = counterRandom({ seed: 5, purpose: 'x', index: 2, from })
    for (let i = 0; i < 9; i++) expect(late.nextUint32()).toBe(whole.nextUint32())
  })
})
