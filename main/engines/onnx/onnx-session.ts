/** One onnxruntime session with the studio's errors: the only place that calls the runtime. */
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import { serialiseModel } from './onnx-model.ts'
import { timed } from './runtime-clock.ts'
import { loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts'

/** An execution provider, and which of its devices where it has several. */
export type ProviderChoice = 'cpu' | 'webgpu' | { readonly name: 'cuda' | 'dml'; readonly deviceId: number }

export interface RuntimeOptions {
  readonly provider: ProviderChoice
  readonly threads: number
  readonly opset: number
  /** Outputs that stay in the device's memory; the others are copied out. Default: none. */
  readonly deviceOutputs?: readonly string[]
  /** Default: the copy that is part of the studio. */
  readonly runtime?: OnnxRuntime | undefined
}

/**
 * Larger graphs are run as they are: the runtime's optimizations of the 16,000 nodes of ResNet-152 take 7 s, and find next to nothing in what
 * was lowered for this provider.
 */
const mostOptimizedNodes = 4000

export type Tensors = Readonly<Record<string, Tensor>>

export class OnnxSession {
  private readonly session: InferenceSession
  private readonly name: string

  private constructor(name: string, session: InferenceSession) {
    this.name = name
    this.session = session
  }

  /** @throws StudioError `engine-unavailable` without a runtime, `engine-failed` when it refuses the graph */
  static async open(graph: OnnxGraph, options: RuntimeOptions): Promise<OnnxSession> {
    const { provider, threads, opset, deviceOutputs = [] } = options
    const { InferenceSession } = options.runtime ?? (await loadOnnxRuntime())
    const providerName = typeof provider === 'string' ? provider : provider.name
    const model = serialiseModel(graph, opset)
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // DirectML plans its memory itself.
        enableMemPattern: providerName !== 'dml',
        graphOptimizationLevel: countNodes(graph) > mostOptimizedNodes ? 'disabled' : 'all',
        // What fails is thrown, with the same text; the log would only repeat it on stderr.
        logSeverityLevel: 4,
        ...(deviceOutputs.length > 0 && {
          preferredOutputLocation: Object.fromEntries(deviceOutputs.map((name) => [name, 'gpu-buffer' as const])),
        }),
      })
      return new OnnxSession(graph.name, session)
    } catch (error) {
      throw engineFailed(`onnxruntime (${providerName}) cannot load the graph of ${graph.name}`, error)
    }
  }

  /** Runs once. The tensors in `fetches` are written in place: read those, what the runtime returns are copies. */
  async run(feeds: Tensors, fetches: Tensors): Promise<void> {
    try {
      await timed(() => this.session.run(feeds, fetches, { logSeverityLevel: 4 }))
    } catch (error) {
      throw engineFailed(`onnxruntime failed while it ran ${this.name}`, error)
    }
  }

  /** Runs once, with outputs that the runtime makes; those that stay on the device are to be disposed of. */
  async runForOutputs(feeds: Tensors): Promise<Tensors> {
    try {
      return await timed(() => this.session.run(feeds, { logSeverityLevel: 4 }))
    } catch (error) {
      throw engineFailed(`onnxruntime failed while it ran ${this.name}`, error)
    }
  }

  async close(): Promise<void> {
    await this.session.release()
  }
}

/** With those of the graphs inside. */
function countNodes(graph: OnnxGraph): number {
  return graph.nodes.reduce(
    (count, { attributes }) =>
      Object.values(attributes).reduce<number>(
        (inner, value) => inner + (typeof value === 'object' && 'graph' in value ? countNodes(value.graph) : 0),
        count + 1,
      ),
    0,
  )
}

/** The runtime has no code of its own for it. */
function isMemory(reason: string): boolean {
  return /bad_alloc|failed to allocate|out of memory|not enough memory|allocation failed|buffer allocation/i.test(
    reason,
  )
}

function engineFailed(what: string, error: unknown): StudioError {
  const reason = error instanceof Error ? error.message : String(error)
  return new StudioError(isMemory(reason) ? 'out-of-memory' : 'engine-failed', `${what}: ${reason}`, { reason }, error)
}
