/**
 * The engines that the conformance tests run. Those that need hardware or an installation are described first: where one is not available
 * its tests are skipped, and the title says why. A test run that was promised one (STRATA_SWIFTSHADER, set by app/setup/test.mjs) fails without.
 */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll } from 'vitest'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { Engine } from './engine.ts'
import { createCudaEngine } from './onnx/cuda/cuda-engine.ts'
import { createDirectmlEngine } from './onnx/directml/directml-engine.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'
import { cudaGraphs, directmlGraphs } from './onnx/onnx-place.ts'
import { loadOnnxRuntime } from './onnx/onnx-runtime.ts'
import { OnnxTrainingSession } from './onnx/onnx-training-session.ts'
import { DeviceMemory } from './onnx/webgpu/device-memory.ts'
import { createWebgpuEngine, webgpuTarget } from './onnx/webgpu/webgpu-engine.ts'
import { createReferenceEngine } from './reference/reference-engine.ts'
import { createTensorflowEngine } from './tensorflow/tensorflow-engine.ts'
import { TensorflowSession } from './tensorflow/tensorflow-session.ts'

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

// The runtime lets go of a device with its last session, and of all it compiled for it, which is most of the time of these tests.
if (webgpu.absence === '') {
  const kept = new DeviceMemory(await loadOnnxRuntime(), { provider: 'webgpu', threads: 1, opset: webgpuTarget.opset })
  const held = await kept.upload(Float32Array.of(0), [1])
  afterAll(() => {
    held.dispose()
    return kept.close()
  })
}

/** TensorFlow's own kernels where somebody installed them: STRATA_TEST_ENGINES is a home folder with the engine. */
const tensorflow = await optional(
  createTensorflowEngine(process.env['STRATA_TEST_ENGINES']),
  4,
  process.env['STRATA_TEST_ENGINES'] !== undefined,
)

/** The TensorFlow engine on the kernels that TensorFlow.js has in JavaScript: another yardstick, everywhere. */
const javascript: Engine = {
  id: 'tensorflow-js',
  title: 'TensorFlow.js in JavaScript',
  needsProbe: false,
  version: () => tf.version_core,
  describe: () => {
    const device = { id: 'cpu', title: 'CPU', available: true, reason: '' }
    const { id, title } = javascript
    return Promise.resolve({ id, title, version: tf.version_core, available: true, reason: '', devices: [device] })
  },
  createSession: async (compiled, options) => {
    if (options.device !== undefined && options.device !== 'cpu')
      throw new StudioError('engine-unavailable', `JavaScript has no device ${options.device}`)
    await tf.setBackend('cpu')
    return new TensorflowSession(tf, compiled, options, 'cpu')
  },
}

/** What the providers of graphics cards would get, run by the processor's: their graphs and the way of their state, without their kernels. */
function onProcessor(title: string, graphs: typeof cudaGraphs | typeof directmlGraphs): Engine {
  const processorEngine = createOnnxEngine()
  return {
    ...processorEngine,
    createSession: async (compiled, options) => {
      if (options.device !== undefined && options.device !== 'cpu')
        return processorEngine.createSession(compiled, options)
      return OnnxTrainingSession.open(compiled, options, { device: 'cpu', provider: 'cpu', ...graphs })
    },
    id: title,
    title,
    describe: async () => ({ ...(await processorEngine.describe()), id: title, title }),
  }
}

const cuda = await optional(createCudaEngine(process.env['STRATA_TEST_ENGINES']), 4, false)
const directml = await optional(createDirectmlEngine(), 4, false)

export const testedEngines: readonly TestedEngine[] = [
  always(createOnnxEngine()),
  always(onProcessor('graphs of CUDA', cudaGraphs)),
  always(onProcessor('graphs of DirectML', directmlGraphs)),
  cuda,
  directml,
  always(createReferenceEngine()),
  webgpu,
  tensorflow,
  always(javascript),
]
