import { describe, expect, it } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { checkNetwork } from '../network/check-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { parseNetworkDocumentOrThrow } from '../network/parse-network-document.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { addNode, insertOnEdge } from './add-node.ts'
import { alignNodes, distributeNodes, moveNodes, shiftNodes, type Box } from './arrange-nodes.ts'
import { copyNodes, parseClipping, paste } from './clipboard.ts'
import { connect, connectionProblem, reconnect, unlinkPort } from './connections.ts'
import {
  detachBlock,
  groupNodes,
  removeBlock,
  setUnfolded,
  swapChoices,
  swapNodes,
  unpackNodes,
} from './edit-blocks.ts'
import { addAnnotation, blankDocument, removeVariable, setVariable } from './edit-document.ts'
import { edgeKeys } from './edge-keys.ts'
import { together, type Edit } from './edit.ts'
import { removeNodes } from './remove-nodes.ts'
import { renameNode, setParams, setRepeat } from './set-params.ts'

function applied(document: NetworkDocument, ...edits: readonly Edit[]): NetworkDocument {
  return edits.reduce((before, edit) => {
    const outcome = edit.apply(before)
    if (!outcome.ok) throw new Error(outcome.issues.map(({ message }) => message).join('; '))
    parseNetworkDocumentOrThrow(outcome.document)
    return outcome.document
  }, document)
}

function refusal(document: NetworkDocument, edit: Edit): string {
  const outcome = edit.apply(document)
  return outcome.ok ? '' : (outcome.issues[0]?.message ?? '')
}

/** Ids of the blocks without a shortcut. */
function plainBlocks({ nodes }: NetworkDocument): readonly string[] {
  return nodes.filter(({ type }) => type === 'plain-basic').map(({ id }) => id)
}

/** The layers one behind the other between an input and a classifier. */
function rowOf(types: readonly string[]): NetworkDocument {
  let document = blankDocument('Row')
  for (const type of ['input', ...types, 'flatten', 'dense', 'classifier']) {
    const behind = document.nodes.at(-1)?.id
    document = applied(document, addNode(null, { type }, behind === undefined ? undefined : { behind }))
  }
  return document
}

const lenet = zooNetwork('lenet5')
const sizes = ({ nodes, edges }: NetworkDocument) => [nodes.length, edges.length]

describe('drawing', () => {
  it('builds a network from nothing, each node behind the one before', () => {
    const types = ['input', 'conv2d', 'relu', 'max-pool2d', 'flatten', 'dense', 'classifier']
    let document = blankDocument('Mine')
    let last: string | undefined
    for (const type of types) {
      const outcome = addNode(null, { type }, last === undefined ? undefined : { behind: last }).apply(document)
      if (!outcome.ok) throw new Error(type)
      document = outcome.document
      last = outcome.select?.[0]
    }
    expect(checkNetwork(document)).toEqual([])
    expect(document.nodes.map(({ id }) => id)).toEqual([
      'input',
      'conv1',
      'relu1',
      'pool1',
      'flatten1',
      'dense1',
      'classifier',
    ])
  })

  it('inserts on an edge, new or there already, and keeps the order of edges into a join', () => {
    const document = applied(
      blankDocument('x'),
      addNode(null, { type: 'input' }),
      addNode(null, { type: 'conv2d' }, { behind: 'input' }),
      addNode(null, { type: 'concatenate' }, { behind: 'conv1' }),
      connect(null, { source: 'input', target: 'concatenate1' }),
    )
    const key = edgeKeys(document.edges)[1] ?? ''
    const inserted = applied(document, addNode(null, { type: 'relu' }, { onEdge: key }))
    const into = inserted.edges.filter(({ target }) => target === 'concatenate1').map(({ source }) => source)
    expect(into).toEqual(['relu1', 'input'])
    const loose = applied(inserted, addNode(null, { type: 'dropout' }))
    const placed = applied(loose, insertOnEdge(null, 'dropout1', edgeKeys(loose.edges)[0] ?? '', { x: 3.4, y: 2 }))
    expect(placed.edges.slice(0, 2)).toEqual([
      { source: 'input', target: 'dropout1' },
      { source: 'dropout1', target: 'conv1' },
    ])
    expect(placed.nodes.at(-1)?.position).toEqual({ x: 3, y: 2 })
  })

  it('deletes nodes with or without their wires', () => {
    expect(sizes(applied(lenet, removeNodes(null, { ids: ['conv2', 'activation2'] })))).toEqual([12, 10])
    const kept = applied(lenet, removeNodes(null, { ids: ['conv2', 'activation2'], keepWires: true }))
    expect(sizes(kept)).toEqual([12, 11])
    expect(kept.edges).toContainEqual({ source: 'pool1', target: 'pool2' })
    expect(analyzeNetwork(kept).issues).toEqual([])
  })

  it('lets an edge give way at an input that takes one, and refuses cycles', () => {
    const moved = applied(lenet, connect(null, { source: 'conv1', target: 'pool1' }))
    expect(moved.edges.filter(({ target }) => target === 'pool1')).toEqual([{ source: 'conv1', target: 'pool1' }])
    expect(connectionProblem(lenet, null, { source: 'dense1', target: 'conv1' })).toContain('cycle')
    expect(connectionProblem(lenet, null, { source: 'classifier', target: 'conv1' })).toContain('no such output')
    expect(applied(lenet, unlinkPort(null, 'conv1', 'output', 'output')).edges).toHaveLength(lenet.edges.length - 1)
  })

  it('leads an end of an edge to another port, in its turn where the port stays, by the rule of connecting', () => {
    const [, , moved] = [0, 1, 2].map((i) => edgeKeys(lenet.edges)[i] ?? '')
    const { source = '', target = '' } = lenet.edges[2] ?? {}
    const elsewhere = applied(lenet, reconnect(null, moved ?? '', { source, target: 'pool2' }))
    expect(elsewhere.edges.some((edge) => edge.source === source && edge.target === target)).toBe(false)
    expect(elsewhere.edges.filter((edge) => edge.target === 'pool2')).toEqual([{ source, target: 'pool2' }])
    expect(elsewhere.edges).toHaveLength(lenet.edges.length - 1)
    const cycle = reconnect(null, moved ?? '', { source: 'dense1', target })
    expect(refusal(lenet, cycle)).toContain('cycle')
    expect(refusal(lenet, reconnect(null, 'a:>b:', { source, target }))).toContain('no such edge')
    expect(applied(lenet, reconnect(null, moved ?? '', { source, target }))).toBe(lenet)

    const join = applied(
      lenet,
      addNode(null, { type: 'concatenate' }),
      ...['input', 'conv1', 'pool1'].map((from) => connect(null, { source: from, target: 'concatenate1' })),
    )
    const sources = ({ edges }: NetworkDocument) =>
      edges.filter((edge) => edge.target === 'concatenate1').map((edge) => edge.source)
    const second = edgeKeys(join.edges)[join.edges.findIndex((edge) => edge.target === 'concatenate1') + 1] ?? ''
    const led = applied(join, reconnect(null, second, { source: 'conv2', target: 'concatenate1' }))
    expect(sources(led)).toEqual(['input', 'conv2', 'pool1'])
  })

  it('sets parameters of many nodes, leaving defaults out', () => {
    const set = applied(
      lenet,
      setParams(null, ['conv1', 'conv2', 'flatten'], { filters: 24 }),
      setRepeat(null, ['conv2'], { times: 3 }),
    )
    expect(set.nodes.filter(({ params }) => params?.['filters'] === 24).map(({ id }) => id)).toEqual(['conv1', 'conv2'])
    expect(applied(set, setParams(null, ['conv1'], { filters: 32 })).nodes[1]?.params).not.toHaveProperty('filters')
    expect(applied(set, renameNode(null, 'conv1', ' First ')).nodes[1]?.name).toBe('First')
  })
})

describe('variables', () => {
  it('stand in expressions, also inside of blocks, and unknown ones are named at their field', () => {
    const wide = applied(
      lenet,
      setVariable('width', 4),
      setParams(null, ['conv1'], { filters: '=2*width', kernel: ['=width+1', 5] }),
      groupNodes(null, ['conv1', 'activation1'], 'Stem'),
    )
    const [conv] = analyzeNetwork(wide).layers.filter(({ id }) => id === 'stem/conv1')
    expect(conv?.outputShape[0]).toBe(8)
    expect(conv?.params).toBe(8 * 25 + 8)
    const lost = removeVariable('width').apply(wide)
    if (!lost.ok) throw new Error('refused')
    expect(analyzeNetwork(lost.document).issues).toMatchObject([
      {
        path: 'blocks.stem.nodes.conv1.params.filters',
        message: expect.stringContaining('no variable "width"') as string,
      },
      { path: 'blocks.stem.nodes.conv1.params.kernel' },
    ])
  })
})

describe('blocks', () => {
  it('are made of a selection, edited inside, unpacked and thrown away', () => {
    const grouped = applied(lenet, groupNodes(null, ['conv1', 'activation1', 'pool1'], 'Stem'))
    const total = analyzeNetwork(lenet).params
    expect(analyzeNetwork(grouped).params).toBe(total)
    const deeper = applied(
      grouped,
      addNode(
        'stem',
        { type: 'conv2d', params: { filters: 6, kernel: 1 } },
        { onEdge: edgeKeys(grouped.blocks?.['stem']?.edges ?? [])[0] ?? '' },
      ),
    )
    expect(analyzeNetwork(deeper).issues).toEqual([])
    expect(analyzeNetwork(deeper).params).toBe(total + 12 + 5 * 5 * 6 * 5)
    expect(refusal(deeper, addNode('stem', { type: 'stem' }))).toContain('contain itself')
    expect(refusal(deeper, removeBlock('stem'))).toContain('unpack')
    const back = applied(grouped, unpackNodes(null, ['stem']), removeBlock('stem'))
    expect(back.blocks).toBeUndefined()
    expect(back.nodes.map(({ id }) => id).toSorted()).toEqual(lenet.nodes.map(({ id }) => id).toSorted())
  })

  it('are swapped all at once: a plain stack becomes a residual one of as many weights', () => {
    const plain = zooNetwork('plain20')
    const ids = plain.nodes.map(({ id }) => id)
    expect(swapChoices(plain, null, ids).get('residual-basic')).toBe(3)
    const residual = applied(plain, swapNodes(null, ids, 'residual-basic'))
    expect(analyzeNetwork(residual).layers.filter(({ type }) => type === 'add')).toHaveLength(9)
    expect(refusal(lenet, swapNodes(null, ['conv1'], 'residual-basic'))).toContain('exchanged')
  })

  it('are made of rows of plain layers, with the same convolutions and a shortcut around each pair', () => {
    const plain = zooNetwork('plain20')
    const chained = applied(plain, unpackNodes(null, plainBlocks(plain)))
    const unpacked = applied(chained, unpackNodes(null, plainBlocks(chained)))
    const ids = unpacked.nodes.map(({ id }) => id)
    expect(unpacked.nodes.some(({ type }) => type === 'plain-basic')).toBe(false)
    expect(swapChoices(unpacked, null, ids).get('residual-basic')).toBe(9)
    const outcome = swapNodes(null, ids, 'residual-basic').apply(unpacked)
    if (!outcome.ok) throw new Error('refused')
    const count = (document: NetworkDocument) => analyzeNetwork(document).params
    const whole = applied(plain, swapNodes(null, plainBlocks(plain), 'residual-basic'))
    expect(count(outcome.document)).toBe(count(whole))
    expect(analyzeNetwork(outcome.document).layers.filter(({ type }) => type === 'add')).toHaveLength(9)
    // Every layer that went into a block has the name of a layer that is there.
    const layers = new Set(analyzeNetwork(outcome.document).layers.map(({ id }) => id))
    expect(outcome.moved?.size).toBe(9 * 6)
    expect([...(outcome.moved?.values() ?? [])].filter((path) => !layers.has(path))).toEqual([])
    expect(outcome.select?.filter((id) => id.startsWith('residual'))).toHaveLength(9)
  })

  it('are made of a row as it is drawn by hand, where all of it is selected and nothing else hangs on it', () => {
    const row = ['conv2d', 'relu', 'conv2d', 'relu']
    const drawn = rowOf(row)
    const ids = drawn.nodes.map(({ id }) => id)
    const residual = applied(drawn, swapNodes(null, ids, 'residual-basic'))
    expect(residual.nodes.map(({ type }) => type)).toEqual([
      'input',
      'residual-basic',
      'flatten',
      'dense',
      'classifier',
    ])
    expect(residual.nodes[1]?.params).toEqual({ filters: 32, norm: 'none' })
    expect(checkNetwork(residual).filter(({ severity }) => severity !== 'warning')).toEqual([])
    const choices = (document: NetworkDocument, chosen = ids) => [...swapChoices(document, null, chosen)]
    expect(choices(drawn, ['conv1', 'relu1', 'conv2'])).toEqual([])
    expect(choices(applied(drawn, setParams(null, ['conv2'], { kernel: 5 })))).toEqual([])
    expect(choices(applied(drawn, setParams(null, ['conv2'], { filters: 64 })))).toEqual([])
    expect(choices(applied(drawn, setParams(null, ['conv1'], { padding: 'valid' })))).toEqual([])
    expect(choices(applied(drawn, setParams(null, ['conv2'], { dilation: 2 })))).toEqual([])
    expect(choices(rowOf(['conv2d', 'relu', 'conv2d', 'tanh']))).toEqual([])
    const tapped = applied(drawn, addNode(null, { type: 'tanh' }, { behind: 'relu1' }))
    expect(choices(applied(tapped, connect(null, { source: 'relu1', target: 'conv2' })))).toEqual([])
    const wide = applied(drawn, setVariable('w', 48), setParams(null, ['conv1', 'conv2'], { filters: '=w' }))
    expect(applied(wide, swapNodes(null, ids, 'residual-basic')).nodes[1]?.params?.['filters']).toBe(48)
  })

  it('are made of a bottleneck drawn by hand; a bias in front of a norm is left out', () => {
    const layer = ['conv2d', 'batch-normalization', 'relu']
    const drawn = applied(
      rowOf([...layer, ...layer, ...layer]),
      setParams(null, ['conv1', 'conv3'], { kernel: 1 }),
      setParams(null, ['conv3'], { filters: 128 }),
    )
    const ids = drawn.nodes.map(({ id }) => id)
    expect([...swapChoices(drawn, null, ids)]).toEqual([['residual-bottleneck', 1]])
    const residual = applied(drawn, swapNodes(null, ids, 'residual-bottleneck'))
    expect(residual.nodes[1]?.params).toEqual({ filters: 32 })
    expect(checkNetwork(residual).filter(({ severity }) => severity !== 'warning')).toEqual([])
  })

  it("of the studio become the document's own and compute the same", () => {
    const resnet = zooNetwork('resnet18')
    const once = applied(resnet, setRepeat(null, ['conv2_x'], undefined))
    const inside = {
      nodes: [{ id: 'c', type: 'conv2d' }],
      edges: [
        { source: '@inputs', target: 'c' },
        { source: 'c', target: '@outputs' },
      ],
    }
    const own = applied(once, detachBlock(null, 'conv2_x', inside))
    expect(Object.keys(own.blocks ?? {})).toEqual(['my-residual-basic'])
  })

  it('remember which are unfolded', () => {
    const open = applied(zooNetwork('resnet18'), setUnfolded(['conv2_x', 'conv2_x/1'], true))
    expect(open.unfolded).toEqual(['conv2_x', 'conv2_x/1'])
    expect(applied(open, setUnfolded(open.unfolded ?? [], false)).unfolded).toBeUndefined()
    expect(applied(open, removeNodes(null, { ids: ['conv2_x'] })).unfolded).toEqual([])
  })
})

describe('copies', () => {
  it('take new numbers, edges between them, and the blocks and variables they use', () => {
    const source = applied(
      lenet,
      setVariable('w', 6),
      setParams(null, ['conv1'], { filters: '=w' }),
      groupNodes(null, ['conv1', 'activation1'], 'Stem'),
    )
    const clipping = copyNodes(source, null, ['stem', 'pool1', 'conv2'])
    const parsed = parseClipping(JSON.stringify(clipping))
    if (!parsed.ok) throw new Error('refused')
    const pasted = applied(
      blankDocument('Other'),
      paste(null, parsed.value),
      paste(null, parsed.value, { at: { x: 900, y: 10 } }),
    )
    expect(pasted.nodes.map(({ id }) => id)).toEqual(['stem', 'pool1', 'conv2', 'stem2', 'pool2', 'conv3'])
    expect(sizes(pasted)).toEqual([6, 4])
    expect(Object.keys(pasted.blocks ?? {})).toEqual(['stem'])
    expect(pasted.variables).toEqual({ w: 6 })
  })

  it('from elsewhere are refused with the reason, and change nothing', () => {
    expect(parseClipping('hello')).toMatchObject({ ok: false, issues: [{ code: 'invalid-json' }] })
    expect(parseClipping('{"a":1}')).toMatchObject({ ok: false })
    expect(parseClipping('[1,2]')).toMatchObject({ ok: false })
    const foreign = {
      format: 'strata.nodes',
      version: 1,
      nodes: [{ id: 'a', type: 'transformer' }],
      edges: [],
    } as const
    const parsed = parseClipping(JSON.stringify(foreign))
    expect(parsed.ok && refusal(lenet, paste(null, parsed.value))).toContain('there is no layer or block "transformer"')
  })
})

describe('places', () => {
  const boxes = new Map<string, Box>([
    ['conv1', { x: 0, y: 0, width: 100, height: 40 }],
    ['pool1', { x: 50, y: 90, width: 60, height: 40 }],
    ['conv2', { x: 10, y: 300, width: 100, height: 40 }],
  ])

  it('are aligned and distributed, and leave the network as it is', () => {
    const centred = alignNodes(null, boxes, 'center')
    expect(centred.presentation).toBe(true)
    const at = (document: NetworkDocument, id: string) => document.nodes.find((node) => node.id === id)?.position
    expect(at(applied(lenet, centred), 'pool1')).toEqual({ x: 25, y: 90 })
    expect(at(applied(lenet, distributeNodes(null, boxes, 'y')), 'pool1')).toEqual({ x: 50, y: 150 })
    const frame = { kind: 'frame', text: 'Stem', position: { x: 0, y: 0 }, size: { width: 10, height: 10 } } as const
    const framed = applied(lenet, addAnnotation(null, frame), moveNodes(null, new Map([['frame1', { x: 7, y: 7 }]])))
    expect(framed.annotations?.[0]?.position).toEqual({ x: 7, y: 7 })
    expect(applied(framed, removeNodes(null, { ids: ['frame1'] })).annotations).toBeUndefined()
  })

  it('are shifted from wherever they are, those of nodes that are gone left out', () => {
    const placed = applied(lenet, moveNodes(null, new Map([['conv1', { x: 10, y: 20 }]])))
    const shifted = applied(placed, shiftNodes(null, new Set(['conv1', 'gone']), { x: 0, y: 100 }))
    expect(shifted.nodes.find(({ id }) => id === 'conv1')?.position).toEqual({ x: 10, y: 120 })
    expect(shifted.nodes.find(({ id }) => id === 'pool1')?.position).toEqual(
      placed.nodes.find(({ id }) => id === 'pool1')?.position,
    )
  })

  it('several edits are one, or none', () => {
    const both = together('fix', [renameNode(null, 'conv1', 'A'), unpackNodes(null, ['conv1'])])
    expect(refusal(lenet, both)).toContain('no block')
  })
})
