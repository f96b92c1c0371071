/** A small complete network around one layer, so that any layer can be compiled, run and trained by the same code. */
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import type { LayerDefinition } from '../../experiments/layers/define-layer.ts'
import { checkNetwork } from '../../experiments/network/check-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'

export const classes = 3
export const imageSize = { height: 8, width: 8, channels: 2 }

/** The layer between input and classifier, on images where it takes them, else on features. */
export function networkAround(layer: LayerDefinition, params: JsonObject = {}): NetworkDocument {
  const onImages = build(layer, params, ['probe', 'flatten', 'dense'])
  return checkNetwork(onImages).length === 0 ? onImages : build(layer, params, ['flatten', 'probe', 'dense'])
}

function build(layer: LayerDefinition, params: JsonObject, middle: readonly string[]): NetworkDocument {
  const isProbed = layer.category !== 'input' && layer.category !== 'output'
  const ids = ['input', ...middle.filter((id) => id !== 'probe' || isProbed), 'classifier']
  const nodes = ids.map((id) => {
    if (id === 'input')
      return { id, type: 'input', params: { ...imageSize, ...(layer.category === 'input' && params) } }
    if (id === 'dense') return { id, type: 'dense', params: { units: classes } }
    return id === 'probe' ? { id, type: layer.id, params } : { id, type: id }
  })
  // A variadic port gets two edges.
  const probePorts = layer.inputs.flatMap(({ name, variadic }) => (variadic ? [name, name] : [name]))
  const portsOf = (id: string) => (id === 'probe' ? probePorts : ['input'])
  const edges = ids
    .slice(1)
    .flatMap((target, i) => portsOf(target).map((targetPort) => ({ source: ids[i] ?? '', target, targetPort })))
  return { format: 'strata.network', version: 1, name: `${layer.id} test`, nodes, edges }
}
