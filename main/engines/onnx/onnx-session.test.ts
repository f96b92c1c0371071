import { describe, expect, it } from 'vitest'
import { OnnxGraphDraft, type OnnxGraph } from './onnx-graph.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'
import { OnnxSession } from './onnx-session.ts'

const target = { provider: 'cpu', opset: 17, contribOps: true } as const
const options = { provider: 'cpu', threads: 1, opset: 17 } as const

function graphOf(draft: OnnxGraphDraft, output: string): OnnxGraph {
  draft.namedNode({ operator: 'Identity', domain: '', inputs: [output], outputs: ['y'], attributes: {} })
  return {
    name: 'example',
    nodes: draft.nodeList,
    initializers: draft.initializers,
    inputs: [{ name: 'x', type: 'float32', shape: ['n', 2] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['m', 2] }],
  }
}

describe('OnnxSession', () => {
  it('turns a graph that the runtime refuses into an error with code and reason', async () => {
    const draft = new OnnxGraphDraft(target)
    const graph = graphOf(draft, draft.node('NoSuchOperator', ['x']))
    await expect(OnnxSession.open(graph, options)).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('cannot load the graph of example') as string,
      details: { reason: expect.stringContaining('NoSuchOperator') as string },
    })
  })

  it('turns a failing run into an error with code and reason', async () => {
    const draft = new OnnxGraphDraft(target)
    const session = await OnnxSession.open(
      graphOf(draft, draft.node('Reshape', ['x', draft.integers([3, 2])])),
      options,
    )
    const { Tensor } = await loadOnnxRuntime()
    const x = new Tensor('float32', new Float32Array(4), [2, 2])
    const y = new Tensor('float32', new Float32Array(6), [3, 2])
    await expect(session.run({ x }, { y })).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('failed while it ran example') as string,
    })
    await session.close()
  })
})

describe('OnnxGraphDraft', () => {
  it('adds the same node once, and a second output only when asked for', () => {
    const draft = new OnnxGraphDraft(target)
    const attributes = { kernel_shape: { ints: [2, 2] } }
    const first = draft.node('MaxPool', ['x'], attributes)
    expect(draft.nodeList[0]?.outputs).toHaveLength(1)
    const [again, indices] = draft.nodes('MaxPool', ['x'], attributes, { outputs: 2 })
    expect(again).toBe(first)
    expect(indices).not.toBe(first)
    expect(draft.nodeList).toHaveLength(1)
    expect(draft.integers([1, 2])).toBe(draft.integers([1, 2]))
    expect(draft.initializers).toHaveLength(1)
  })

  it('renames outputs where they are made and read, and tells which names no node makes', () => {
    const draft = new OnnxGraphDraft(target)
    const relu = draft.node('Relu', ['x'])
    const sum = draft.node('Add', [relu, 'x'])
    const names = new Map([
      [relu, 'y'],
      [sum, 'z'],
      ['x', 'w'],
    ])
    expect(draft.rename(names)).toEqual(new Set(['x']))
    expect(draft.nodeList.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [['x'], ['y']],
      [['y', 'x'], ['z']],
    ])
  })
})
