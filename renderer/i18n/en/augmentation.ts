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
  noneShort: 'None',
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

  parts: 'Parts of the dataset',
  shared: 'Tried here, used by the training form: the next run takes this list.',

  imports: {
    title: 'Import images',
    kinds: { folder: 'Folder', archive: 'Archive', labels: 'Table of labels', other: 'Another kind of file' },
    cannotRead: 'This cannot be imported',
    canRead:
      'Choose a folder, a zip or tar archive, or a table of labels (csv, tsv, json) that lies beside its images.',
    datasetTitle: 'Title',
    name: 'Name',
    nameHelp: 'What experiments write',
    nameProblems: {
      required: 'Enter a name',
      pattern: 'Use lower-case letters, digits and hyphens',
      taken: 'There is a dataset or an import of this name already',
    },
    labels: 'Classes',
    labelChoices: { auto: 'As the source says', folders: 'By folders', file: 'By a table of labels' },
    labelHelp: {
      auto: 'labels.csv, .tsv or .json at the top; without one, a folder for each class',
      folders: 'A folder for each class, perhaps inside of train and test',
      file: 'labels.csv, .tsv or .json at the top, with the columns file and label',
    },
    size: 'Image size',
    sizeAuto: 'As the images are',
    sizeAutoHelp: 'A usual size near theirs where they differ',
    testShare: 'Test share',
    testShareHelp: 'Unless the source has a test part',
    fit: 'Other proportions',
    fits: { cover: 'Cut off', contain: 'White margin', stretch: 'Stretch' },
    fitHelp: {
      cover: 'Fills the square and cuts off what is left over',
      contain: 'Shows the whole image on white',
      stretch: 'Changes the proportions',
    },
    colour: 'Colours',
    colours: { auto: 'As they are', colour: 'Colour', grey: 'Grey' },
    colourHelp: 'Transparency lies on white; of an animation the first frame is taken',
    begin: 'Import',
    cancel: 'Cancel',
    command: { folder: 'Import a folder of images', file: 'Import an archive or table of images' },
    chooseFolder: 'Import folder',
    chooseFile: 'Import file',
    drop: 'Drop to import',
    dropHelp: 'A folder with a folder for each class, a zip or tar archive of it, or a table of labels',
    dropHint: 'Drop a folder, zip, tar or csv of images anywhere on the window to import it.',
    dropOne: 'Drop one folder or file at a time',
    unfinished: 'Imports',
    importing: 'Importing',
    importingHelp: 'This goes on without the window. What is done is kept when it is cancelled.',
    images: (count: string, number: number) => `${count} ${plural(number, 'image', 'images')}`,
    looking: 'Looking for images…',
    lookingShort: '…',
    from: (source: string) => `from ${source}`,
    failed: 'The import failed',
    failedShort: 'Failed',
    stopped: 'The import was stopped',
    stoppedShort: 'Stopped',
    stoppedHelp: 'It can go on where it was.',
    resume: 'Go on',
    discard: 'Discard',
  },

  report: {
    title: 'Import report',
    refused: (count: string, number: number) => `${count} ${plural(number, 'file', 'files')} refused`,
    refusedHelp: 'These are not in the dataset. The source itself was not changed.',
    nothingRefused: 'Every image of the source is in the dataset.',
    notes: 'Decided without asking',
    file: 'File or class',
    reason: 'Reason',
    more: (count: string) => `Show ${count} more`,
    notListed: (count: string) => `${count} more are counted but not listed.`,
    reading: 'Reading the report…',
  },

  statistics: {
    title: 'Statistics',
    reading: 'Reading…',
    balance: 'Images by class',
    class: 'Class',
    unbalanced: (ratio: string) => `The largest class has ${ratio} times as many images as the smallest`,
    unbalancedHelp: 'Accuracy alone may look better than the network is: look at the accuracy of each class as well.',
    colours: 'Colours of the training images',
    coloursHelp: 'Training takes the mean away and divides by the deviation; black is 0 and white is 1.',
    channel: 'Channel',
    mean: 'Mean',
    deviation: 'Deviation',
    red: 'Red',
    green: 'Green',
    blue: 'Blue',
    grey: 'Grey',
    meanColour: 'Mean colour',
    components: 'Principal components of the colours',
    componentsHelp: 'From two deviations below the mean to two above. PCA lighting moves along them.',
  },

  removal: {
    remove: 'Remove',
    title: (name: string) => `Remove “${name}”?`,
    body: 'The imported images are deleted from the studio’s home folder. The source they came from is not touched.',
    runs: (count: number) =>
      `${count} ${plural(count, 'run was', 'runs were')} trained on it. They stay, but cannot be run again without it.`,
    keep: 'Keep',
    confirm: 'Remove dataset',
    removed: (name: string) => `Removed “${name}”`,
    refused: 'It cannot be removed now',
  },

  threads: {
    title: 'Threads for data',
    help: 'They prepare batches while the device trains; no result depends on them',
    automatic: 'Automatic',
    measure: 'Measure',
    measuring: 'Measuring…',
    rate: (threads: number, rate: string) => `${threads} ${plural(threads, 'thread', 'threads')}: ${rate} images/s`,
    recommended: (threads: number, automatic: number) =>
      threads === automatic
        ? `${threads} is right, as automatic chooses`
        : `${threads} recommended, automatic takes ${automatic}`,
    take: 'Take',
    notNative: 'Without the native code there is one thread, that of the trainer.',
  },
  wait: {
    title: 'Waiting for data',
    help: 'Share of a step that the device waited for its batch, lately',
    share: (share: string) => `${share} of the step`,
    tooLong: 'more threads would help',
  },
}
