/**
 * The way around a residual branch. Where the branch changes size or channels, He, Zhang, Ren, Sun (Deep Residual Learning, CVPR 2016,
 * section 3.3) take zeros for the new channels (option A) or a 1x1 convolution (option B); option C has the convolution everywhere.
 */
import { choice } from '../layers/params/choices.ts'
import type { ParamKind } from '../layers/params/param-kind.ts'
import type { TensorType } from '../ops/tensor-type.ts'
import { convolution } from './block-params.ts'
import type { GraphNode } from './graph-builder.ts'

export const shortcuts = {
  projection: 'Projection where shapes change (option B)',
  'zero-pad': 'Zero padding where shapes change (option A)',
  'projection-always': 'Projection everywhere (option C)',
  identity: 'Identity everywhere',
} as const
export type Shortcut = keyof typeof shortcuts

export function shortcut(): ParamKind<Shortcut> {
  return choice({
    label: 'Shortcut',
    help: 'What goes around the branch, and how it fits where the branch changes the shape',
    choices: shortcuts,
    default: 'projection',
  })
}

export interface Passage {
  /** What arrives; undefined while it is unknown: then only a stride counts as a change. */
  readonly input: TensorType | undefined
  readonly filters: number
  readonly stride: number
}

/** Whether the shortcut has weights. */
export function isProjected(kind: Shortcut, { input, filters, stride }: Passage): boolean {
  if (kind === 'projection-always') return true
  const channels = input?.shape[1] ?? filters
  // Zeros cannot make a map narrower.
  return kind === 'projection' ? stride !== 1 || channels !== filters : kind === 'zero-pad' && channels > filters
}

export function projection({ filters, stride }: Passage, bias: boolean): GraphNode {
  return convolution({ filters, kernel: 1, stride, padding: 0, bias })
}

/** The nodes of a shortcut without weights; none where it is the identity. */
export function plainShortcut(
  kind: Shortcut,
  { input, filters, stride }: Passage,
): readonly (readonly [id: string, node: GraphNode | undefined])[] {
  if (kind !== 'zero-pad') return []
  const missing = filters - (input?.shape[1] ?? filters)
  return [
    // A window of one pixel takes every stride-th one.
    ['shortcut-subsample', stride === 1 ? undefined : { type: 'max-pool2d', params: { kernel: 1, stride } }],
    ['shortcut-pad', missing <= 0 ? undefined : { type: 'zero-pad', params: { channelsAfter: missing } }],
  ]
}
