/** The colour of a kind of layer or block, from the theme. */

const tokens: Readonly<Record<string, string>> = {
  convolution: 'convolution',
  inception: 'convolution',
  residual: 'merge',
  own: 'dense',
  pooling: 'pooling',
  dense: 'dense',
  activation: 'activation',
  normalisation: 'normalisation',
  regularisation: 'normalisation',
  merge: 'merge',
}

export function layerColor(category: string): string {
  return `var(--layer-${(Object.hasOwn(tokens, category) ? tokens[category] : undefined) ?? 'other'})`
}
