/**
 * Ids for imported layers, as a person would call them: after their weights where the file names those (`layer1.0.conv1.weight`), after the
 * node where it has a telling name, else by kind and number (`relu3`). Ids name weights for ever, so they are kept plain.
 */
import type { DraftNode } from './network-draft.ts'

const maxLength = 100
/** What tools append to the name of a layer to name its weights. */
const weightSuffix =
  /([._/:-]?(weights?|kernel|filter|scale|gamma|slope|alpha)|_[wsb]|\.[WB])([._/:-](quantized|read|ReadVariableOp))*([._:-]\d+)?$/

/** Unique ids in the order of `nodes`. */
export function readableNames(nodes: readonly DraftNode[]): ReadonlyMap<DraftNode, string> {
  const hinted = new Map(nodes.map((node) => [node, hintOf(node)]))
  const scope = commonScope([...hinted.values()].filter((hint) => hint !== ''))
  const names = new Map<DraftNode, string>()
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  for (const node of nodes) {
    const hint = plainId((hinted.get(node) ?? '').slice(scope.length))
    let name = hint
    if (name === '') {
      const kind = shortKinds[node.type] ?? node.type.replaceAll('-', '_')
      const isSingle = node.type === 'input' || node.type === 'classifier'
      do {
        const count = (counts.get(kind) ?? 0) + 1
        counts.set(kind, count)
        name = isSingle && count === 1 ? kind : `${kind}${count}`
      } while (taken.has(name))
    }
    for (let i = 2; taken.has(name); i++) name = `${hint}_${i}`
    taken.add(name)
    names.set(node, name)
  }
  return names
}

const shortKinds: Readonly<Record<string, string>> = {
  conv2d: 'conv',
  'max-pool2d': 'pool',
  'average-pool2d': 'pool',
  'global-average-pool': 'pool',
  'global-max-pool': 'pool',
  'batch-normalization': 'norm',
  'local-response-normalization': 'lrn',
  concatenate: 'concat',
  'channel-shuffle': 'shuffle',
}

function hintOf(node: DraftNode): string {
  for (const hint of node.hints) {
    const isWeight = [...node.weights.values()].some(({ name }) => name === hint)
    const name = joinedPath(isWeight ? hint.replace(weightSuffix, '') : hint)
    if (/[A-Za-z]/.test(name)) return name
  }
  return ''
}

/** `/layer1/layer1.0/conv1` is `layer1.0.conv1`: PyTorch's exporter repeats what stands before. */
function joinedPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '')
  return parts.filter((part, i) => !(parts[i + 1] ?? '').startsWith(`${part}.`)).join('/')
}

/** What all names begin with, up to a slash: `gpu_0/`. */
function commonScope(names: readonly string[]): string {
  const [first = ''] = names
  const scope = first.slice(0, first.indexOf('/') + 1)
  const isCommon =
    names.length > 1 && scope !== '' && names.every((name) => name.startsWith(scope) && name.length > scope.length)
  return isCommon ? scope : ''
}

function plainId(name: string): string {
  return name
    .replaceAll('/', '.')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9_]+/, '')
    .slice(0, maxLength)
    .replace(/[._-]+$/, '')
}
