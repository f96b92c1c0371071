/** Where onnxruntime trains with the state in this process, and what its provider there is given. */
import type { OnnxTarget } from '../../../experiments/ops/onnx-lowering.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'
import type { ProviderChoice } from './onnx-session.ts'

/** `auto`: in blocks where the processor has such operators. All give the same results up to rounding. */
export type Lowering = 'auto' | 'plain'

export interface OnnxPlace {
  /** As in reports. */
  readonly device: string
  readonly provider: ProviderChoice
  readonly target: OnnxTarget
  readonly lowering: Lowering
  /** States up to this size train many steps a call, in a Loop; 0 where the provider has none of its own. */
  readonly loopStateBytes: number
  /** Default: the copy that is part of the studio. */
  readonly runtime?: OnnxRuntime
}

export function processor(lowering: Lowering = 'auto'): OnnxPlace {
  const target = { provider: 'cpu', opset: 17, contribOps: true } as const
  return { device: 'cpu', provider: 'cpu', target, lowering, loopStateBytes: 64 * 2 ** 20 }
}

/** Each call takes the state to the card and back, so all states share the way of many steps. */
export function cudaCard(index: number, runtime: OnnxRuntime): OnnxPlace {
  const provider = { name: 'cuda', deviceId: index } as const
  return { device: `cuda:${index}`, provider, ...cudaGraphs, runtime }
}

export const cudaGraphs = {
  target: { provider: 'cuda', opset: 17, contribOps: false },
  lowering: 'plain',
  loopStateBytes: Number.POSITIVE_INFINITY,
} as const satisfies Partial<OnnxPlace>

/** DirectML runs no Loop: its body would go to the processor. */
export function directmlAdapter(index: number): OnnxPlace {
  return { device: `dml:${index}`, provider: { name: 'dml', deviceId: index }, ...directmlGraphs }
}

/** Beyond this opset DirectML lacks kernels, such as that of ScatterElements. */
export const directmlGraphs = {
  target: { provider: 'dml', opset: 17, contribOps: false },
  lowering: 'plain',
  loopStateBytes: 0,
} as const satisfies Partial<OnnxPlace>
