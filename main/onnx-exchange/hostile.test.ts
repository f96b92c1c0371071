/** Files that were made to do harm: refused with place and reason, soon, before anything is allocated. */
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from '../engines/onnx/proto/onnx_pb.ts'
import { foreignModel, type ForeignGraph, type NodeText } from './foreign-graph.fixture.ts'
import { importOnnxFile } from './import-onnx-file.ts'
import { importNetwork } from './import/import-network.ts'
import { lightBytes } from './light-models.fixture.ts'
import { readModel } from './read/read-model.ts'

type Model = MessageInitShape<typeof ModelProtoSchema>
interface Graph {
  readonly node: MessageInitShape<typeof NodeProtoSchema>[]
  readonly initializer: MessageInitShape<typeof TensorProtoSchema>[]
  readonly input: MessageInitShape<typeof ValueInfoProtoSchema>[]
  readonly output: MessageInitShape<typeof ValueInfoProtoSchema>[]
}

const { FLOAT, INT64 } = TensorProto_DataType

/** What comes of importing: the code and the message of the refusal. Takes less than ten seconds on a busy machine, whatever comes. */
function refusal(bytes: Uint8Array): { readonly code: string; readonly message: string } {
  const start = performance.now()
  try {
    importNetwork(readModel(bytes, 'bad.onnx'), { what: 'bad.onnx', name: 'bad' })
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    expect(performance.now() - start).toBeLessThan(10_000)
    const { issues } = error.details as { issues?: readonly { readonly path: string; readonly message: string }[] }
    const all = issues?.map((issue) => `${issue.path}: ${issue.message}`).join('\n')
    return { code: error.code, message: all ?? error.message }
  }
  throw new Error('it was imported')
}

const size = (...sizes: number[]) => ({
  dim: sizes.map((value) => ({ value: { case: 'dimValue', value: BigInt(value) } as const })),
})
const float = (name: string, ...sizes: number[]) => ({
  name,
  type: { value: { case: 'tensorType', value: { elemType: FLOAT, shape: size(...sizes) } } as const },
})

/** A graph of one ReLU, changed. */
function model(graph: Partial<Graph>, rest: Model = {}): Uint8Array {
  const message = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 13n }],
    graph: create(GraphProtoSchema, {
      node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      input: [float('x', 1, 3, 8, 8)],
      output: [float('y', 1, 3, 8, 8)],
      ...graph,
    }),
    ...rest,
  })
  return toBinary(ModelProtoSchema, message)
}

const graphOf = (nodes: readonly NodeText[], rest: Omit<ForeignGraph, 'nodes'> = {}) => foreignModel({ ...rest, nodes })
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
/** Field 7 of a model is its graph. */
const graphField = (length: number, ...bytes: number[]) => Uint8Array.from([0x08, 8, 0x3a, ...varint(length), ...bytes])

/** A graph in an attribute of a node in a graph, `depth` times. */
function nested(depth: number): Uint8Array {
  let bytes: number[] = []
  for (let i = 0; i < depth; i++) {
    const inGraphAttribute = [0x32, ...varint(bytes.length), ...bytes]
    const inNode = [0x2a, ...varint(inGraphAttribute.length), ...inGraphAttribute]
    bytes = [0x0a, ...varint(inNode.length), ...inNode]
  }
  return graphField(bytes.length, ...bytes)
}

describe('bytes that are no model', () => {
  test.each<readonly [string, () => Uint8Array, string, RegExp]>([
    ['nothing', () => new Uint8Array(), 'file-damaged', /is empty/],
    ['text', () => new TextEncoder().encode('{"format": "strata.network"}'), 'file-damaged', /at byte \d+/],
    ['another message', () => Uint8Array.from([0x08, 8]), 'file-damaged', /it has no graph/],
    [
      'a length of 3 GB',
      () => graphField(3e9, 1, 2, 3),
      'file-damaged',
      /graph at byte \d+: 3000000000 bytes are announced, but 3 are left/,
    ],
    [
      'a length beyond 2^64',
      () => Uint8Array.from([0x3a, ...new Array<number>(12).fill(0xff)]),
      'file-damaged',
      /more than 10 bytes/,
    ],
    ['a thousand nested graphs', () => nested(1000), 'too-large', /nest deeper than 40/],
    ['a part longer than the whole around it', () => graphField(4, 0x0a, 100, 0x12, 0), 'file-damaged', /announced/],
    ['a number where a text belongs', () => graphField(2, 0x10, 1), 'file-damaged', /wire type 0/],
    ['groups, which ONNX never had', () => graphField(2, 0x0b, 0x0c), 'file-damaged', /wire type 3/],
  ])('%s', (_title, bytes, code, message) => {
    const found = refusal(bytes())
    expect(found.code).toBe(code)
    expect(found.message).toMatch(message)
  })

  test('a file that ends at any byte', () => {
    const whole = lightBytes('squeezenet')
    for (let end = 1; end < whole.length; end += 97)
      expect(refusal(whole.slice(0, end)).code).toMatch(/file-damaged|network-structure/)
  })

  test('ten million numbers in a small list of dimensions', () => {
    const list = new Uint8Array(10_000_000).fill(1)
    const dims = [0x0a, ...varint(list.length)]
    const tensor = [0x2a, ...varint(dims.length + list.length), ...dims]
    const head = graphField(tensor.length + list.length, ...tensor)
    const bytes = new Uint8Array(head.length + list.length)
    bytes.set(head)
    bytes.set(list, head.length)
    expect(refusal(bytes)).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('numbers in lists') as string,
    })
  })
})

const tensor = (name: string, dims: readonly (number | bigint)[], more = {}) => ({
  name,
  dims: dims.map(BigInt),
  dataType: FLOAT,
  ...more,
})

describe('graphs that cannot be', () => {
  test.each<readonly [string, () => Uint8Array, string, RegExp]>([
    [
      'a tensor of 10^12 elements',
      () => model({ initializer: [tensor('w', [1e6, 1e6])] }),
      'too-large',
      /initializer "w".*3725\.3 GiB.*limit for one tensor/,
    ],
    [
      'a negative size',
      () => model({ initializer: [tensor('w', [-3, 4])] }),
      'out-of-range',
      /\[-3, 4\]: sizes must be 0 or more/,
    ],
    [
      'sizes whose product wraps around',
      () => model({ initializer: [tensor('w', [2n ** 62n, 4])] }),
      'out-of-range',
      /sizes must be/,
    ],
    [
      'less data than the shape takes',
      () => model({ initializer: [tensor('w', [4], { rawData: new Uint8Array(8) })] }),
      'shape-mismatch',
      /takes 16 bytes, but 8 are there/,
    ],
    [
      'numbers in another type',
      () => model({ initializer: [tensor('w', [1], { dataType: TensorProto_DataType.STRING })] }),
      'unsupported-operation',
      /holds STRING/,
    ],
    [
      'an initializer twice',
      () => model({ initializer: [tensor('w', [1], { floatData: [1] }), tensor('w', [1], { floatData: [2] })] }),
      'network-structure',
      /two initializers have this name/,
    ],
    [
      'a value made twice',
      () =>
        model({
          node: [
            { opType: 'Relu', input: ['x'], output: ['y'] },
            { opType: 'Relu', input: ['x'], output: ['y'] },
          ],
        }),
      'network-structure',
      /node 1 \(Relu\): makes "y", which exists already/,
    ],
    [
      'a value that nothing makes',
      () => graphOf([['Add', 'x ghost', 'y']]),
      'network-structure',
      /takes "ghost", which nothing makes/,
    ],
    [
      'a cycle',
      () =>
        graphOf([
          ['Add', 'x c', 'b'],
          ['Relu', 'b', 'c'],
          ['Flatten', 'b', 'y'],
        ]),
      'network-cycle',
      /node 0 \(Add\): lies on a cycle/,
    ],
    [
      'an output that nothing makes',
      () => model({ output: [float('z', 1)] }),
      'network-structure',
      /nothing makes this output/,
    ],
    ['no output', () => model({ output: [] }), 'network-structure', /has no output/],
    [
      'two inputs of images',
      () =>
        model({
          node: [{ opType: 'Add', input: ['x', 'x2'], output: ['y'] }],
          input: [float('x', 1, 3, 8, 8), float('x2', 1, 3, 8, 8)],
        }),
      'network-structure',
      /has 2 inputs in use/,
    ],
    [
      'an unknown operator',
      () => graphOf([['Frobnicate', 'x', 'y']]),
      'unsupported-operation',
      /node 0 \(Frobnicate\)/,
    ],
    [
      'the name of a function of JavaScript',
      () =>
        graphOf([
          ['constructor', 'x', 'a'],
          ['__proto__', 'a', 'y'],
        ]),
      'unsupported-operation',
      /constructor has no layer/,
    ],
    [
      'an unknown domain',
      () => model({ node: [{ opType: 'Conv', domain: 'evil', input: ['x'], output: ['y'] }] }),
      'unsupported-operation',
      /domain "evil"/,
    ],
    [
      'a graph inside of a node',
      () =>
        model({
          node: [
            {
              opType: 'If',
              input: ['x'],
              output: ['y'],
              attribute: [{ name: 'then_branch', type: AttributeType.GRAPH, g: {} }],
            },
          ],
        }),
      'unsupported-operation',
      /If has no layer/,
    ],
    [
      'a function that calls itself',
      () =>
        model(
          { node: [{ opType: 'F', domain: 'f', input: ['x'], output: ['y'] }] },
          { functions: [{ name: 'F', domain: 'f', node: [{ opType: 'F', domain: 'f' }] }] },
        ),
      'unsupported-operation',
      /domain "f"/,
    ],
    [
      'opset 6',
      () => model({}, { opsetImport: [{ domain: '', version: 6n }] }),
      'unsupported-version',
      /is opset 6; opsets 7 to 21/,
    ],
    [
      'an opset of the future',
      () => model({}, { opsetImport: [{ domain: '', version: 2n ** 60n }] }),
      'unsupported-version',
      /opset/,
    ],
    ['images of a billion rows', () => model({ input: [float('x', 1, 3, 1e9, 8)] }), 'out-of-range', /from 1 to 4096/],
    [
      'images of negative size',
      () => model({ input: [float('x', 1, 3, -8, 8)] }),
      'out-of-range',
      /input "x": has a size of -8/,
    ],
    [
      'an attribute of another type',
      () =>
        model({
          node: [
            {
              opType: 'LRN',
              input: ['x'],
              output: ['y'],
              attribute: [{ name: 'size', type: AttributeType.STRING, s: new Uint8Array(2) }],
            },
          ],
        }),
      'wrong-type',
      /attribute "size" has another type/,
    ],
    [
      'a stride of 0',
      () => graphOf([['MaxPool', 'x', 'y', { kernel_shape: { ints: [2, 2] }, strides: { ints: [0, 1] } }]]),
      'out-of-range',
      /strides is 0x1/,
    ],
    [
      'padding of a billion',
      () => graphOf([['Pad', 'x p', 'y']], { integers: { p: [0, 0, 1e9, 0, 0, 0, 0, 0] } }),
      'out-of-range',
      /0 to 1024/,
    ],
    [
      'no groups',
      () => graphOf([['Conv', 'x w', 'y', { group: 0 }]], { weights: { w: [4, 3, 3, 3] } }),
      'out-of-range',
      /groups/,
    ],
    [
      'weights for other channels',
      () => graphOf([['Conv', 'x w', 'y']], { weights: { w: [4, 5, 3, 3] } }),
      'shape-mismatch',
      /its kernel "w" has the shape \[4, 5, 3, 3\]/,
    ],
    [
      'weights of 10^12 elements out of a list',
      () =>
        graphOf(
          [
            ['ConstantOfShape', 's', 'w'],
            ['Conv', 'x w', 'y'],
          ],
          { integers: { s: [1e6, 1e6, 1, 1] } },
        ),
      'too-large',
      /limit for one tensor/,
    ],
    [
      'a shape that is no number',
      () => graphOf([['Reshape', 'x s', 'y']], { integers: { s: [-1, -1] } }),
      'unsupported-operation',
      /batch has to stay/,
    ],
    [
      'a reshape to other sizes',
      () => graphOf([['Reshape', 'x s', 'y']], { integers: { s: [1, -7] } }),
      'shape-mismatch',
      /another number of elements/,
    ],
    [
      'hundreds of axes',
      () => graphOf([['Unsqueeze', 'x a', 'y']], { integers: { a: Array.from({ length: 300 }, (_, i) => i + 1) } }),
      'too-large',
      /axes/,
    ],
  ])('%s', (_title, bytes, code, message) => {
    const found = refusal(bytes())
    expect(found.message).toMatch(message)
    expect(found.code).toBe(code)
  })

  test('channels that double forty times', () => {
    const names = ['x', ...Array.from({ length: 40 }, (_, i) => `c${i}`)]
    const nodes = names.slice(1).map((name, i): NodeText => ['Concat', `${names[i]} ${names[i]}`, name, { axis: 1 }])
    expect(refusal(graphOf([...nodes, ['Flatten', 'c39', 'y']])).code).toBe('too-large')
  })

  test('weights that are computed for ever', () => {
    const steps = Array.from({ length: 400 }, (_, i): NodeText => [
      'Expand',
      i === 0 ? 'w big' : `w${i - 1} big`,
      `w${i}`,
    ])
    const found = refusal(
      graphOf([...steps, ['Conv', 'x w399', 'y']], { weights: { w: [2000] }, integers: { big: [2000, 2000] } }),
    )
    expect(found).toMatchObject({ code: 'too-large', message: expect.stringContaining('computes more than') as string })
  })

  test('weights that together take more than a file can hold', () => {
    const nodes = Array.from({ length: 20 }, (_, i): readonly NodeText[] => [
      ['ConstantOfShape', 's', `w${i}`],
      ['MatMul', i === 0 ? 'f w0' : `d${i - 1} w${i}`, `d${i}`],
    ])
    const graph = graphOf([['Flatten', 'x', 'f'], ...nodes.flat(), ['Relu', 'd19', 'y']], {
      input: ['N', 1000, 4, 4],
      integers: { s: [16_000, 16_000] },
    })
    expect(refusal(graph)).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('all weights together') as string,
    })
  })

  test('INT64 lists of a million numbers', () => {
    const values = tensor('s', [1e6], { dataType: INT64, rawData: new Uint8Array(8e6) })
    expect(refusal(model({ initializer: [values] })).message).toMatch(/holds 1000000 integers; at most/)
  })
})

describe('data beside the model', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-hostile-'))
  const inside = path.join(folder, 'model')
  fs.mkdirSync(inside)
  const weights = new Float32Array(108).fill(0.5)
  fs.writeFileSync(path.join(inside, 'weights.bin'), Buffer.concat([Buffer.alloc(16), Buffer.from(weights.buffer)]))
  fs.writeFileSync(path.join(folder, 'secret.bin'), Buffer.alloc(1000))
  fs.symlinkSync(path.join(folder, 'secret.bin'), path.join(inside, 'link.bin'))
  fs.symlinkSync(folder, path.join(inside, 'up'))
  fs.mkdirSync(path.join(inside, 'folder'))

  function importWith(location: string, more: Readonly<Record<string, string>> = { offset: '16', length: '432' }) {
    const entries = Object.entries({ location, ...more }).map(([key, value]) => ({ key, value }))
    const w = tensor('w', [4, 3, 3, 3], { dataLocation: TensorProto_DataLocation.EXTERNAL, externalData: entries })
    const nodes = [
      { opType: 'Conv', input: ['x', 'w'], output: ['a'] },
      { opType: 'Flatten', input: ['a'], output: ['y'] },
    ]
    fs.writeFileSync(path.join(inside, 'model.onnx'), model({ node: nodes, initializer: [w] }))
    return importOnnxFile(path.join(inside, 'model.onnx'))
  }

  test('inside of the folder it is read', () => {
    const [kernel] = importWith('weights.bin').weights
    expect(kernel?.name).toBe('w.kernel')
    expect(kernel?.data).toEqual(weights)
  })

  test.each<readonly [string, string, Readonly<Record<string, string>> | undefined, RegExp]>([
    ['the folder above', '../secret.bin', undefined, /outside of the model's folder/],
    ['the folder above, the long way', 'folder/../../secret.bin', undefined, /outside/],
    ['an absolute path', path.join(folder, 'secret.bin'), undefined, /outside/],
    ['a drive', 'C:\\secret.bin', undefined, /outside/],
    ['backslashes', '..\\secret.bin', undefined, /outside/],
    ['a link that leads out', 'link.bin', undefined, /outside/],
    ['a folder that leads out', 'up/secret.bin', undefined, /outside/],
    ['no name', '', undefined, /outside/],
    ['a zero byte', 'weights.bin\0', undefined, /outside/],
    ['a file that is not there', 'none.bin', undefined, /is missing; put it beside the model/],
    ['a folder', 'folder', undefined, /not a regular file|cannot be read/],
    [
      'an offset beyond the end',
      'weights.bin',
      { offset: '400', length: '432' },
      /432 bytes from byte 400 .*, which has 448/,
    ],
    ['another length', 'weights.bin', { offset: '16', length: '400' }, /takes 432 bytes, but 400 bytes/],
    ['a negative offset', 'weights.bin', { offset: '-16' }, /"-16" is no offset/],
    ['an offset of 10^30', 'weights.bin', { offset: `1${'0'.repeat(30)}` }, /is no offset/],
  ])('%s is refused', (_title, location, more, message) => {
    expect(() => importWith(location, more)).toThrow(StudioError)
    expect(() => importWith(location, more)).toThrow(message)
  })

  test.skipIf(process.platform === 'win32')('a pipe is refused instead of waited for', () => {
    execFileSync('mkfifo', [path.join(inside, 'pipe.bin')])
    expect(() => importWith('pipe.bin')).toThrow(/not a regular file/)
  })

  test('a model without a folder has none', () => {
    const w = tensor('w', [1], {
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: 'weights.bin' }],
    })
    expect(refusal(model({ initializer: [w] })).code).toBe('outside-folder')
  })
})
