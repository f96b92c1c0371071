/**
 * The engines that the conformance tests run. Those that need hardware or an installation are described first: where one is not available
 * its tests are skipped, and the title says why. A test run that was promised one (STRATA_SWIFTSHADER, set by app/setup/test.mjs) fails without.
 */
import type { Engine } from './engine.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'
import { createWebgpuEngine } from './onnx/webgpu/webgpu-engine.ts'
import { createReferenceEngine } from './reference/reference-engine.ts'

export interface TestedEngine {
  readonly title: string
  readonly engine: Engine
  /** Decimal places to which losses agree with the reference after some steps. */
  readonly lossDigits: number
  /** Empty, or why it cannot be tested here. */
  readonly absence: string
}

async function optional(engine: Engine, lossDigits: number, isPromised: boolean): Promise<TestedEngine> {
  const { available, reason } = await engine.describe()
  if (!available && isPromised) throw new Error(`${engine.id} should be here, but: ${reason}`)
  const title = available ? engine.id : `${engine.id} (not here: ${reason})`
  return { title, engine, lossDigits, absence: available ? '' : reason }
}

function always(engine: Engine): TestedEngine {
  return { title: engine.id, engine, lossDigits: 4, absence: '' }
}

export const webgpu = await optional(createWebgpuEngine(), 4, process.env['STRATA_SWIFTSHADER'] !== undefined)

export const testedEngines: readonly TestedEngine[] = [
  always(createOnnxEngine()),
  always(createReferenceEngine()),
  webgpu,
]
