/** Every engine: the one of the processor, then those of graphics cards, the fastest first. A new one is a folder and one line here. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { nearestName } from '../../experiments/text/nearest-name.ts'
import type { Engine } from './engine.ts'
import { createCudaEngine } from './onnx/cuda/cuda-engine.ts'
import { createDirectmlEngine } from './onnx/directml/directml-engine.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'
import { createWebgpuEngine } from './onnx/webgpu/webgpu-engine.ts'
import { createTensorflowEngine } from './tensorflow/tensorflow-engine.ts'

/** @param home folder of the studio, where optional engines are installed */
export function enginesOf(home?: string): readonly Engine[] {
  return [
    createOnnxEngine(),
    createCudaEngine(home),
    createDirectmlEngine(),
    createWebgpuEngine(),
    createTensorflowEngine(home),
  ]
}

/** @throws StudioError `engine-unavailable` that names the nearest id */
export function engineNamed(id: string, home?: string): Engine {
  const engines = enginesOf(home)
  const engine = engines.find((candidate) => candidate.id === id)
  if (engine) return engine
  const ids = engines.map((candidate) => candidate.id)
  const nearest = nearestName(id, ids)
  const hint = nearest ? `did you mean "${nearest}"?` : `there is ${ids.join(', ')}`
  throw new StudioError('engine-unavailable', `there is no engine "${id}"; ${hint}`, { engine: id })
}
