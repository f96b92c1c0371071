import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../errors/studio-error.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'

interface Branch {
  readonly type: string
  readonly params?: JsonObject
}

/** Input, branches side by side, and the layer that they lead to. */
function network(input: JsonObject, branches: readonly Branch[], last?: Branch): NetworkDocument {
  const branchNodes = branches.map((branch, i) => ({ id: `branch${i}`, ...branch }))
  return {
    format: 'strata.network',
    version: 1,
    name: 'test',
    nodes: [{ id: 'input', type: 'input', params: input }, ...branchNodes, ...(last ? [{ id: 'last', ...last }] : [])],
    edges: branchNodes.flatMap(({ id }) => [
      { source: 'input', target: id },
      ...(last ? [{ source: id, target: 'last' }] : []),
    ]),
  }
}

function lower(document: NetworkDocument) {
  const lowered = lowerNetwork(document, { mode: 'training', batch: 2 })
  return {
    shapes: new Map(lowered.nodes.map(({ id, outputs }) => [id, outputs[0]?.type.shape.slice(1)])),
    issues: lowered.issues.filter((issue) => issue.node !== undefined && issue.severity !== 'warning'),
  }
}

const image = (height: number, width = height, channels = 4) => ({ height, width, channels })

describe('output shapes', () => {
  it.each([
    // As PyTorch 2.13 gives them.
    ['max-pool2d', { kernel: 3, stride: 2, ceilMode: true }, 112, [4, 56, 56]],
    ['max-pool2d', { kernel: 3, stride: 2 }, 112, [4, 55, 55]],
    ['max-pool2d', { kernel: 3, stride: 2, ceilMode: true }, 7, [4, 3, 3]],
    ['max-pool2d', { kernel: 2, stride: 3, padding: 1, ceilMode: true }, 6, [4, 3, 3]],
    ['average-pool2d', { kernel: 2, stride: 3, padding: 1, ceilMode: true }, 7, [4, 3, 3]],
    ['average-pool2d', { kernel: 1, stride: 4, ceilMode: true }, 6, [4, 2, 2]],
    ['adaptive-average-pool2d', { size: [6, 5] }, 13, [4, 6, 5]],
    ['global-average-pool', {}, 13, [4]],
    ['global-max-pool', { keepSize: true }, 13, [4, 1, 1]],
    ['upsample', { factor: [2, 3] }, 5, [4, 10, 15]],
    ['zero-pad', { padding: [1, 2, 3, 4], channelsAfter: 5 }, 5, [9, 9, 11]],
    ['crop', { borders: [1, 2, 1, 0] }, 5, [4, 3, 3]],
    ['depthwise-conv2d', { multiplier: 3, stride: 2 }, 5, [12, 3, 3]],
  ])('%s %j on %i pixels', (type, params, size, expected) => {
    const { shapes, issues } = lower(network(image(size), [{ type, params }]))
    expect(issues).toEqual([])
    expect(shapes.get('branch0')).toEqual(expected)
  })

  it('concatenates in the order of the edges', () => {
    const branches = [3, 1, 2].map((filters) => ({ type: 'conv2d', params: { filters } }))
    expect(lower(network(image(5), branches, { type: 'concatenate' })).shapes.get('last')).toEqual([6, 5, 5])
  })
})

const problems: readonly {
  readonly title: string
  readonly branches: readonly Branch[]
  readonly last?: Branch
  readonly node: string
  readonly says: RegExp
}[] = [
  {
    title: 'adds different channels',
    branches: [{ type: 'conv2d', params: { filters: 8 } }, { type: 'relu' }],
    last: { type: 'add' },
    node: 'last',
    says: /cannot add \[8, 5, 5\] and \[4, 5, 5\].*1x1 convolution/,
  },
  {
    title: 'adds different sizes',
    branches: [{ type: 'max-pool2d' }, { type: 'relu' }],
    last: { type: 'add' },
    node: 'last',
    says: /cannot add \[4, 2, 2\] and \[4, 5, 5\].*same strides/,
  },
  {
    title: 'adds an image to features',
    branches: [{ type: 'flatten' }, { type: 'relu' }],
    last: { type: 'add' },
    node: 'last',
    says: /put Flatten before/,
  },
  { title: 'adds one input', branches: [{ type: 'relu' }], last: { type: 'add' }, node: 'last', says: /second edge/ },
  {
    title: 'concatenates different sizes',
    branches: [{ type: 'max-pool2d' }, { type: 'relu' }],
    last: { type: 'concatenate' },
    node: 'last',
    says: /height and width must be equal/,
  },
  {
    title: 'multiplies different channels',
    branches: [{ type: 'conv2d', params: { filters: 8 } }, { type: 'relu' }],
    last: { type: 'multiply' },
    node: 'last',
    says: /cannot multiply \[8, 5, 5\] and \[4, 5, 5\]/,
  },
  {
    title: 'groups that do not divide',
    branches: [{ type: 'conv2d', params: { filters: 9, groups: 3 } }],
    node: 'branch0',
    says: /4 input channels cannot be split into 3/,
  },
  {
    title: 'shuffles in groups that do not divide',
    branches: [{ type: 'channel-shuffle', params: { groups: 3 } }],
    node: 'branch0',
    says: /4 channels cannot be split into 3/,
  },
  {
    title: 'crops everything',
    branches: [{ type: 'crop', params: { borders: [3, 0, 2, 0] } }],
    node: 'branch0',
    says: /less than 5 rows/,
  },
  {
    title: 'pools padding only',
    branches: [{ type: 'max-pool2d', params: { kernel: 2, padding: 2 } }],
    node: 'branch0',
    says: /without any pixel/,
  },
  {
    title: 'a window larger than the image',
    branches: [{ type: 'max-pool2d', params: { kernel: 7 } }],
    node: 'branch0',
    says: /make the kernel smaller/,
  },
  {
    title: 'a tensor of 10^12 elements',
    branches: [{ type: 'zero-pad', params: { padding: 1024, channelsBefore: 65_536, channelsAfter: 65_536 } }],
    node: 'branch0',
    says: /limit for one tensor is 2 GiB/,
  },
  {
    title: 'normalises without an image',
    branches: [{ type: 'flatten' }],
    last: { type: 'local-response-normalization' },
    node: 'last',
    says: /put it before Flatten/,
  },
]

describe('what does not fit is said at the node', () => {
  it.each(problems)('$title', ({ branches, last, node, says }) => {
    const { issues } = lower(network(image(5), branches, last))
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatchObject({ node })
    expect(issues[0]?.message).toMatch(says)
  })
})
