import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtProgram } from '../../processes/built-program.fixture.ts'
import { enginesOf } from '../registry.ts'
import { EngineSurvey } from './engine-survey.ts'

/** Nothing is installed there. */
const home = path.join(os.tmpdir(), 'strata-no-engines')
const entry = (name: string) => ({ nodePath: process.execPath, entry: path.join(import.meta.dirname, name) })
const survey = new EngineSurvey({ probe: builtProgram('engine-probe'), home })
const broken = (how: string, probeMs = 60_000) =>
  new EngineSurvey({ probe: { ...entry('crashing-probe.fixture.ts'), args: [how] }, home, probeMs })

describe('the survey of engines', () => {
  it('tells of every engine what it offers, or why it offers nothing', async () => {
    const reports = await survey.describe()
    expect(reports.map(({ id }) => id)).toEqual(enginesOf(home).map(({ id }) => id))
    for (const { available, reason, devices } of reports) {
      expect(available).toBe(reason === null)
      expect(devices.some((device) => device.available)).toBe(available)
    }
    const cpu = reports.find(({ id }) => id === 'onnxruntime')?.devices[0]
    expect(cpu).toMatchObject({ id: 'cpu', available: true, float16: 'rounded' })
    expect(cpu?.threads).toBeGreaterThan(0)
  })

  it('agrees with the engine itself on the graphics card', async () => {
    const webgpu = (await survey.describe()).find(({ id }) => id === 'onnxruntime-webgpu')
    expect(webgpu?.available).toBe(process.env['STRATA_SWIFTSHADER'] !== undefined || webgpu?.available)
    if (webgpu?.available === false) expect(webgpu.reason).toMatch(/driver/)
    else
      expect(webgpu?.devices).toMatchObject([
        { id: 'webgpu', available: true, float16: expect.stringMatching(/^(kernels|none)$/) as string },
      ])
  })

  it('chooses the preferred engine without a look at graphics cards, and says why another one cannot be used', async () => {
    const crashing = broken('crash')
    expect((await crashing.choose(undefined)).id).toBe('onnxruntime')
    await expect(crashing.choose('onnxruntime-webgpu')).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining('SIGSEGV') as string,
    })
    await expect(crashing.choose('onnxruntime-wgpu')).rejects.toMatchObject({
      message: expect.stringContaining('did you mean "onnxruntime-webgpu"?') as string,
    })
  })

  it('outlives a driver that hangs and one that answers nonsense', async () => {
    await expect(broken('hang', 1500).choose('onnxruntime-webgpu')).rejects.toThrow(/did not answer within 2 seconds/)
    await expect(broken('nonsense').choose('onnxruntime-webgpu')).rejects.toMatchObject({ code: 'engine-unavailable' })
  })

  it('asks once, and again when told to', async () => {
    const first = await survey.describe()
    const second = await survey.describe()
    first.forEach((report, i) => expect(second[i]).toBe(report))
    const third = await survey.check()
    expect(third).toEqual(first)
    expect(third[0]).not.toBe(first[0])
  })
})
