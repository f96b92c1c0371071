/** Whether a device computes in float16: asked by computing, for the runtime finds out only then. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { Float16Support } from '../../../experiments/engines/engine-report.ts'
import { computeSomething } from './compute-something.ts'
import type { RuntimeOptions } from './onnx-session.ts'

/** @returns why it does not; empty when it does */
export async function float16Absence(place: Pick<RuntimeOptions, 'provider' | 'runtime'>): Promise<string> {
  try {
    await computeSomething(place, 'float16')
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Of a graphics card, which has kernels or cannot. */
export async function float16Support(place: Pick<RuntimeOptions, 'provider' | 'runtime'>): Promise<Float16Support> {
  return (await float16Absence(place)) === '' ? 'kernels' : 'none'
}

/** @throws StudioError `engine-unavailable` */
export async function expectFloat16(place: Pick<RuntimeOptions, 'provider' | 'runtime'>): Promise<void> {
  const reason = await float16Absence(place)
  if (reason === '') return
  throw new StudioError(
    'engine-unavailable',
    `the graphics card does not compute in float16 (WebGPU's shader-f16), which the precision mixed_float16 needs: train with float32, or on another device (${reason})`,
    { reason },
  )
}
