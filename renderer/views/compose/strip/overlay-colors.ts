/** Colours of nodes by what they cost: from nothing to the most of any, in one hue, with the number beside. */
import type { NetworkAnalysis } from '../../../../experiments/analysis/analyze-network.ts'
import type { Format } from '../../../i18n/format.ts'
import type { NodeOverlay } from '../canvas/canvas-context.ts'

export type OverlayKind = 'none' | 'params' | 'macs' | 'memory' | 'field'

export function overlayOf(kind: OverlayKind, analysis: NetworkAnalysis, format: Format): NodeOverlay | undefined {
  if (kind === 'none') return undefined
  const values = new Map<string, number>()
  for (const layer of analysis.layers) values.set(layer.id, valueOf(kind, layer))
  for (const block of analysis.blocks) {
    const inside = analysis.layers
      .filter(({ id }) => id.startsWith(`${block.id}/`))
      .map((layer) => valueOf(kind, layer))
    const all = kind === 'field' ? Math.max(0, ...inside) : inside.reduce((sum, value) => sum + value, 0)
    values.set(block.id, all)
  }
  const most = [...values.values()].reduce((largest, value) => Math.max(largest, value), 1)
  const text = kind === 'memory' ? format.bytes : kind === 'field' ? format.integer : format.compact
  return (path) => {
    const value = values.get(path)
    if (value === undefined) return undefined
    // Costs span orders of magnitude; the root shows the small ones too.
    const share = Math.round(100 * Math.sqrt(value / most))
    return { color: `color-mix(in oklch, var(--danger) ${share}%, var(--line-control))`, label: text(value) }
  }
}

function valueOf(kind: Exclude<OverlayKind, 'none'>, layer: NetworkAnalysis['layers'][number]): number {
  if (kind === 'memory') return layer.activationBytes
  return kind === 'field' ? layer.receptiveField.size : layer[kind]
}
