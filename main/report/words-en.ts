/** Words of a report in English. */
import { comparisonWords } from '../../experiments/review/comparison-words.ts'
import { runWords } from '../../experiments/review/run-words.ts'
import type { ReportWords } from './report-words.ts'

export const english: ReportWords = {
  runs: (count) => `${count} runs`,
  documentTitle: (title) => `${title} – Strata report`,
  madeBy: (studio, at) => `Report of Strata ${studio}, ${at}`,
  ...runWords.en.sections,
  differences: 'Differences',
  network: 'Network',
  classes: runWords.en.evaluation.byClass,
  confusion: runWords.en.evaluation.confusion,
  confusionHelp: 'Rows are classes, columns what they were taken for.',
  names: {
    run: 'Run',
    network: 'Network',
    data: 'Data',
    seed: 'Seed',
    state: comparisonWords.en.resultNames.status,
    parameters: comparisonWords.en.resultNames.parameters,
    epochs: 'Epochs',
    best: 'Best',
    test: 'Test',
    fingerprint: comparisonWords.en.resultNames.datasetFingerprint,
    created: 'Created',
    engine: comparisonWords.en.resultNames.engine,
    platform: comparisonWords.en.resultNames.platform,
    studio: comparisonWords.en.resultNames.studio,
    weights: runWords.en.weights,
    branchOf: 'Branch of',
    tags: 'Tags',
    error: 'Error',
    ...runWords.en.epochColumns,
    seconds: 'Seconds',
    ...runWords.en.classColumns,
  },
  states: runWords.en.states,
  metrics: comparisonWords.en.metricNames,
  values: { ...comparisonWords.en.resultNames, seconds: 'Seconds' },
  warnings: comparisonWords.en.warnings,
  sameNetwork: comparisonWords.en.sameArchitecture,
  splits: { train: 'train', validation: 'validation', test: 'test' },
  epoch: 'epoch',
  atEpoch: (accuracy, epoch) => `${accuracy} (epoch ${epoch})`,
  comparedWith: (name, run) => `Compared with “${name}” (${run}).`,
  noDifference: 'No difference.',
  architecture: ({ added, removed, changed, moved, connectionsAdded, connectionsRemoved }) =>
    `Architecture: ${added} added, ${removed} removed, ${changed} changed, ${moved} moved; ` +
    `connections ${connectionsAdded} added, ${connectionsRemoved} removed.`,
  costs: (params, macs) => `Parameters ${params}, multiply-adds ${macs}.`,
  moved: 'moved',
  through: (ids) => ` through ${ids}`,
  engineOf: (engine, device, threads) => `${engine}, ${device}, ${threads} threads`,
  branchOf: (run, epoch) => `run ${run}, epoch ${epoch}`,
  noEvaluation: (problem) => `No evaluation on the test images: ${problem}`,
  evaluated: (images) => `On ${images} test images`,
  evaluation: ({ accuracy, loss, top5, calibration, epoch }) =>
    `Accuracy ${accuracy}, loss ${loss}${top5 === null ? '' : `, top 5 ${top5}`}, calibration error ${calibration}; ` +
    `best checkpoint, epoch ${epoch}.`,
  epochsCount: (count) => `Epochs (${count})`,
  titleOf: () => undefined,
}
