/** Words of the strip below the canvas: layers, problems, advice, receptive field; in English. */
import type { AdviceKind } from '../../../experiments/analysis/advise-network.ts'
import type { FixKind } from '../../../experiments/editing/fix-issue.ts'

const fixes: Readonly<Record<FixKind, string>> = {
  flatten: 'Add Flatten',
  projection: 'Insert projection',
  padding: 'Match padding',
  classes: 'Set the number of classes',
  'image-size': 'Take the size of the images',
  setting: 'Change a setting',
}

export interface AdviceFacts {
  readonly where: string
  readonly kernel: number
  readonly count: number
  /** In per cent, as written. */
  readonly share: string
  readonly before: string
  readonly after: string
}

type AdviceWords = Readonly<Record<AdviceKind, (facts: AdviceFacts) => string>>

const adviceTitles: AdviceWords = {
  'large-kernel': ({ where, kernel, count }) =>
    `${where}: ${count} convolutions of 3×3 see as far as one of ${kernel}×${kernel}`,
  'no-bottleneck': ({ where, kernel }) => `${where}: a ${kernel}×${kernel} without a bottleneck is expensive`,
  'no-shortcuts': ({ count }) => `${count} layers deep without a shortcut`,
  saturating: ({ count }) => `${count} saturating activations, one behind the other`,
  'dense-heavy': ({ where, share }) => `${where} holds ${share} of all parameters`,
}

const adviceBodies: AdviceWords = {
  'large-kernel': ({ count, share, before, after }) =>
    `They take ${after} weights instead of ${before}, ${share} fewer multiply-adds, and have ${count} activations in place of one.`,
  'no-bottleneck': ({ count, share, before, after }) =>
    `A 1×1 convolution to ${count} channels before it leaves ${after} of ${before} weights and saves ${share} of the multiply-adds.`,
  'no-shortcuts': () =>
    'Plain stacks of this depth train worse than shallower ones: gradients fade on the way back. Residual blocks let them pass; swap the selection for residual ones.',
  saturating: () =>
    'The slope of tanh and sigmoid is near zero for large inputs, and slopes multiply: lower layers hardly learn. ReLU keeps a slope of 1.',
  'dense-heavy': () =>
    'A global average pooling in place of flattening takes most of them away and lets the network see images of any size.',
}

export const analysis = {
  strip: 'Analysis',
  layers: 'Layers',
  problems: 'Problems',
  advice: 'Advice',
  field: 'Receptive field',
  resize: 'Height of the analysis',
  collapse: 'Hide the analysis',
  expand: 'Show the analysis',
  overlay: 'Colour nodes by',
  overlays: { none: 'Kind', params: 'Parameters', macs: 'Multiply-adds', memory: 'Memory', field: 'Receptive field' },
  memory: 'Memory',
  memoryHelp: 'What the output of a layer takes, for one image',
  total: (layers: number) => `Total of ${layers}`,
  noProblems: 'No problems. Everything fits.',
  noAdvice: 'Nothing to remark.',
  go: (name: string) => `Show ${name}`,
  fixes,
  setTo: (setting: string, value: string) => `Set ${setting} to “${value}”`,
  opening: (fix: string, block: string) => `Make ${block} editable: ${fix}`,
  noFix: 'There is no fix by one click: the words say what to change.',
  fixDone: (what: string) => `${what}: done`,
  adviceTitles,
  adviceBodies,
  fieldNone: 'Select a layer to see how much of an image one of its units sees.',
  fieldNoData: 'Choose a dataset in the training panel to see it on an image.',
  fieldGlobal: (name: string) => `Every unit of ${name} sees the whole image.`,
  fieldOf: (name: string, height: number, width: number, imageHeight: number, imageWidth: number) =>
    `One unit of ${name} sees ${height} × ${width} of ${imageHeight} × ${imageWidth} pixels.`,
  fieldStride: (rows: number, columns: number) =>
    `The next unit sees ${rows === columns ? rows : `${rows} × ${columns}`} pixels further.`,
  fieldUnit: (row: number, column: number) => `Unit in row ${row}, column ${column}`,
  fieldHint: 'Click the image, or use the arrow keys, for another unit.',
  fieldImage: 'Example image with the receptive field',
  nextImage: 'Another image',
}
