import { describe, expect, it } from 'vitest'
import { indexOfDevice } from '../../indexed-device.ts'
import { createDirectmlEngine, describeDirectml } from './directml-engine.ts'

describe('DirectML', () => {
  it.skipIf(process.platform === 'win32')('is not there outside of Windows, and says what is', async () => {
    expect(await createDirectmlEngine().describe()).toMatchObject({ available: false, devices: [] })
    const options = { state: new Map(), seed: 1 }
    await expect(createDirectmlEngine().createSession({} as never, options)).rejects.toThrow(/part of Windows/)
  })

  it.skipIf(process.platform === 'win32')('says what it needs where its provider finds no adapter', async () => {
    const { available, reason } = await describeDirectml('win32')
    expect(available).toBe(false)
    expect(reason).toMatch(/dml.*; it needs a graphics card with Direct3D 12/)
  })
})

describe('the number of a device', () => {
  it('is in its name; the first is the default', () => {
    expect(indexOfDevice(undefined, 'dml', 'DirectML')).toBe(0)
    expect(indexOfDevice('dml:2', 'dml', 'DirectML')).toBe(2)
    for (const wrong of ['cuda:0', 'dml', 'dml:', 'dml:-1', 'dml:x'])
      expect(() => indexOfDevice(wrong, 'dml', 'DirectML')).toThrow(/has no device/)
  })
})
