/** Which field of the training form a path of the specification belongs to. */
import { numberFieldNames, numberRules, type NumberFieldName } from './training-fields.ts'

export type FieldName = NumberFieldName | 'network' | 'dataset' | 'name' | 'optimizer' | 'augment'

const paths: Readonly<Record<string, FieldName>> = {
  'data.dataset': 'dataset',
  name: 'name',
  'train.optimizer.type': 'optimizer',
  ...Object.fromEntries(numberFieldNames.map((name) => [numberRules[name].path, name])),
}

/** Undefined for what the form does not show. Nodes and edges are places inside of the network. */
export function fieldOfPath(path: string): FieldName | undefined {
  if (/^(network|nodes|edges)(\.|$)/.test(path)) return 'network'
  if (/^data\.augment(\.|$)/.test(path)) return 'augment'
  return Object.hasOwn(paths, path) ? paths[path] : undefined
}
