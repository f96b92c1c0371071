/** Words of reports and bundles, in English. */
import { plural } from '../plural.ts'

export const share = {
  open: 'Share…',
  title: (count: number) => (count === 1 ? 'Share this run' : `Share ${count} runs`),
  kind: 'As',
  report: 'Report',
  reportBody:
    'One HTML file with networks, curves, tables, differences and notes. It opens in any browser, without a network.',
  bundle: 'Bundle',
  bundleBody:
    'One sealed file with networks, settings, metrics, checkpoints and the report. Another studio takes it in and goes on there; the images are not in it.',
  evaluate: 'Evaluate on the test images for the report',
  writing: 'Writing…',
  save: 'Save…',
  cancel: 'Cancel',
  saved: (name: string) => `Saved ${name}`,
  importBundle: 'Take in a bundle…',
  imported: (count: number) => `${count} ${plural(count, 'run', 'runs')} taken in`,
  warnings: {
    'dataset-missing': (run: number, dataset: string) =>
      `Run ${run}: the dataset “${dataset}” is not on this computer. It can go on once it is.`,
    'different-data': (run: number, dataset: string) =>
      `Run ${run}: “${dataset}” here has other contents than there. Results cannot be held against each other.`,
    'parent-missing': (run: number, _dataset: string) =>
      `Run ${run} branches from a run that is not in the bundle, and has no checkpoint of its own.`,
  },
}
