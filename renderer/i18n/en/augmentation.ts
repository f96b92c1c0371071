/** Words of augmentation and imported datasets, in English. */
import { plural } from '../plural.ts'

export interface OperationWords {
  readonly title: string
  readonly summary: string
  /** Label and help by parameter. */
  readonly params: Readonly<Record<string, readonly [label: string, help: string]>>
  readonly choices?: Readonly<Record<string, string>>
}

export const augmentation = {
  batches: 'Image preparation',
  native: 'native code',
  typescript: 'TypeScript',

  title: 'Augmentation',
  edit: 'Edit',
  none: 'None: every epoch sees the same images',
  emptyList: 'Nothing is changed yet. Add an operation, or begin with the list of a paper.',
  dialogHelp: (dataset: string) => `Random changes of the training images of ${dataset}, different in every epoch`,
  clear: 'Remove all',
  done: 'Done',
  list: 'Operations, in the order in which they act',
  add: 'Add operation',
  presets: 'Lists of papers',
  presetNames: { cifar: 'CIFAR', imagenet: 'ImageNet', alexnet: 'AlexNet' },
  presetHelp: {
    cifar: 'Random crop with padding 4, mirror (He et al. 2015)',
    imagenet: 'Random resized crop, mirror, colours, lighting (Szegedy et al. 2014, ResNet)',
    alexnet: 'Random crop, mirror, PCA lighting (Krizhevsky et al. 2012)',
  },
  stages: {
    geometry: 'Geometry',
    blur: 'Blur',
    colour: 'Colour',
    noise: 'Noise',
    erase: 'Cover',
    mix: 'Mix with another image',
  },
  move: (operation: string) => `Move ${operation}`,
  moveHelp: 'Drag, or use the arrow keys: an operation moves within its stage',
  moved: (operation: string, place: number, count: number) => `${operation} is now number ${place} of ${count}`,
  remove: (operation: string) => `Remove ${operation}`,
  removed: (operation: string) => `${operation} removed`,
  added: (operation: string) => `${operation} added`,
  /** By operation; what is missing keeps the words of its definition, which are English. */
  operations: {} as Readonly<Record<string, OperationWords>>,
  /** Parameters that mean the same everywhere. */
  sharedParams: {} as OperationWords['params'],

  preview: 'Preview',
  noPreview: 'The preview appears once the dataset is on this computer.',
  original: 'Original',
  draws: 'Draws',
  draw: (number: number) => `Draw ${number}`,
  plausible: 'plausible',
  previousImage: 'Previous image',
  nextImage: 'Next image',
  newDraws: 'New draws',
  drawing: 'Drawing…',
  drawHint: 'Choose a draw to see its measures.',
  tooMuch: (count: number, all: number) =>
    `${count} of ${all} draws ${plural(count, 'leaves', 'leave')} what the data looks like`,
  allPlausible: 'All draws could be images of the data.',
  warningNames: { 'out-of-frame': 'out of frame', colour: 'foreign colour', label: 'looks like another class' },
  warningHelp: {
    'out-of-frame': 'show less than half of the middle of the image: the object may be gone',
    colour: 'have a mean colour that no image of the data has',
    label: 'look more like the mean image of another class',
  },
  visible: (share: string, limit: string) => `${share} of the original is seen (limit ${limit})`,
  colourDistance: (distance: string, limit: string) =>
    `mean colour ${distance} deviations from the data (limit ${limit})`,
  looksLike: (name: string) => `nearest to the mean image of “${name}”`,
  mixedWith: (name: string, share: string) => `${share} of “${name}” mixed in`,
}
