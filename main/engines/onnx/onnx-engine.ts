/** ONNX Runtime as a training engine: one static graph per network, run by its CPU provider. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { Engine } from '../engine.ts'
import { describeOnnxRuntime, onnxEngineId, onnxVersion } from './onnx-runtime.ts'
import { processor, type Lowering } from './onnx-place.ts'
import { OnnxTrainingSession } from './onnx-training-session.ts'

export function createOnnxEngine(lowering: Lowering = 'auto'): Engine {
  return {
    id: onnxEngineId,
    title: 'ONNX Runtime',
    needsProbe: false,
    version: onnxVersion,
    describe: describeOnnxRuntime,
    createSession: (compiled, options) => {
      const { device = 'cpu' } = options
      if (device !== 'cpu') {
        throw new StudioError('engine-unavailable', `onnxruntime has no device "${device}" here; it has cpu`, {
          device,
        })
      }
      return OnnxTrainingSession.open(compiled, options, processor(lowering))
    },
  }
}
