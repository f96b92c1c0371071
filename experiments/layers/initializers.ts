/**
 * How a weight starts: every value drawn from a distribution of mean 0 whose variance keeps signals of one size through the layers.
 * Variance 2 / fan in: He et al. 2015 (ReLU); 2 / (fan in + fan out): Glorot and Bengio 2010; 1 / fan in: LeCun et al. 1998.
 * A uniform distribution of variance v reaches from -sqrt(3 v) to sqrt(3 v).
 */
export interface Initializer {
  readonly title: string
  /**
   * `truncated-normal` draws again what lies beyond two deviations; `orthogonal` makes the rows of the tensor, as a matrix of its first
   * axis against all others, orthogonal (Saxe, McClelland, Ganguli 2014).
   */
  readonly distribution: 'normal' | 'truncated-normal' | 'uniform' | 'orthogonal' | 'constant'
  /** Variance of the drawn numbers, before any truncation; for `constant` the value itself, for `orthogonal` the squared length of a row. */
  scale(fans: Fans): number
}

/** How many inputs feed one output of the layer, and how many outputs one input feeds. */
export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

const he = ({ fanIn }: Fans) => 2 / fanIn
const glorot = ({ fanIn, fanOut }: Fans) => 2 / (fanIn + fanOut)
const leCun = ({ fanIn }: Fans) => 1 / fanIn

const definitions = {
  'he-normal': { title: 'He, normal', distribution: 'normal', scale: he },
  'he-uniform': { title: 'He, uniform', distribution: 'uniform', scale: he },
  'glorot-normal': { title: 'Glorot, normal', distribution: 'normal', scale: glorot },
  'glorot-uniform': { title: 'Glorot, uniform', distribution: 'uniform', scale: glorot },
  'lecun-normal': { title: 'LeCun, normal', distribution: 'normal', scale: leCun },
  'lecun-uniform': { title: 'LeCun, uniform', distribution: 'uniform', scale: leCun },
  orthogonal: { title: 'Orthogonal', distribution: 'orthogonal', scale: () => 1 },
  normal: { title: 'Normal, deviation 0.01', distribution: 'normal', scale: () => 0.01 ** 2 },
  'truncated-normal': {
    title: 'Truncated normal, deviation 0.02',
    distribution: 'truncated-normal',
    scale: () => 0.02 ** 2,
  },
  constant: { title: 'Constant 1', distribution: 'constant', scale: () => 1 },
  zeros: { title: 'Zeros', distribution: 'constant', scale: () => 0 },
  ones: { title: 'Ones', distribution: 'constant', scale: () => 1 },
} as const satisfies Record<string, Initializer>

export type InitializerName = keyof typeof definitions

export const initializers: Readonly<Record<InitializerName, Initializer>> = definitions

export const initializerTitles = Object.fromEntries(
  Object.entries(definitions).map(([name, { title }]) => [name, title]),
) as Readonly<Record<InitializerName, string>>
