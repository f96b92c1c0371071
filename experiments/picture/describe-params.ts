/** What sets a node apart from others of its kind, in a few characters: `64, 3×3, /2`. Only what differs from the defaults, window first. */
import type { NodeType } from '../blocks/node-types.ts'
import type { JsonValue } from '../errors/studio-error.ts'
import { readParams } from '../layers/read-params.ts'
import type { NetworkNode } from '../network/network-document.ts'

/** Parameters that people name a layer by, in this order. */
const telling = ['filters', 'units', 'kernel', 'stride', 'rate', 'height', 'width', 'channels'] as const

export function describeParams(node: NetworkNode, type: NodeType | undefined): string {
  if (!type) return ''
  const { params } = readParams(type, node.params ?? {}, node.version ?? 1, '', node.id)
  const words = telling.flatMap((name) => {
    const value = params[name]
    if (value === undefined || !Object.hasOwn(type.params, name)) return []
    const word = wordOf(name, value)
    return word === '' ? [] : [word]
  })
  if (node.type === 'input') return words.join(' × ')
  return words.join(', ')
}

function wordOf(name: (typeof telling)[number], value: JsonValue): string {
  // An expression, such as =2*width, stands for itself.
  if (typeof value === 'string') return value
  if (name !== 'kernel' && name !== 'stride') return typeof value === 'number' ? String(value) : ''
  const [rows, columns] = (Array.isArray(value) ? value : [value, value]).map(Number)
  if (rows === undefined || columns === undefined) return ''
  if (name === 'kernel') return `${rows}×${columns}`
  if (rows === 1 && columns === 1) return ''
  return rows === columns ? `/${rows}` : `/${rows}×${columns}`
}
