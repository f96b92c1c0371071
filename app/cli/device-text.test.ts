import { expect, it } from 'vitest'
import { deviceText } from './device-text.ts'

it('names what --device takes, and says why a device cannot be used', () => {
  const device = { memoryBytes: null, threads: null, float16: null, available: true, reason: null }
  expect(deviceText([{ ...device, id: 'cpu', title: 'CPU' }])).toBe('CPU')
  expect(deviceText([{ ...device, id: 'cpu', title: 'CPU', float16: 'rounded' }])).toBe('CPU (float16 by rounding)')
  const cards = [
    { ...device, id: 'cuda:0', title: 'RTX 4090', float16: 'kernels' as const },
    { ...device, id: 'cuda:1', title: 'Tesla K80', available: false, reason: 'no kernel image' },
  ]
  expect(deviceText(cards)).toBe('RTX 4090 (cuda:0, float16), Tesla K80 (cuda:1): not available, no kernel image')
})
