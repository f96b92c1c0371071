/** Words of a report in Korean. */
import { comparisonWords } from '../../experiments/review/comparison-words.ts'
import { koreanBlockTitles, koreanLayerTitles } from '../../experiments/text/korean-titles.ts'
import { runWords } from '../../experiments/review/run-words.ts'
import type { ReportWords } from './report-words.ts'

export const korean: ReportWords = {
  runs: (count) => `실행 ${count}개`,
  documentTitle: (title) => `${title} – Strata 보고서`,
  madeBy: (studio, at) => `Strata ${studio} 보고서, ${at}`,
  ...runWords.ko.sections,
  differences: '차이',
  network: '네트워크',
  classes: runWords.ko.evaluation.byClass,
  confusion: runWords.ko.evaluation.confusion,
  confusionHelp: '행은 실제 클래스, 열은 예측한 클래스입니다.',
  names: {
    run: '실행',
    network: '네트워크',
    data: '데이터',
    seed: '시드',
    state: comparisonWords.ko.resultNames.status,
    parameters: comparisonWords.ko.resultNames.parameters,
    epochs: '에포크',
    best: '최고',
    test: '테스트',
    fingerprint: comparisonWords.ko.resultNames.datasetFingerprint,
    created: '만든 때',
    engine: comparisonWords.ko.resultNames.engine,
    platform: comparisonWords.ko.resultNames.platform,
    studio: comparisonWords.ko.resultNames.studio,
    weights: runWords.ko.weights,
    branchOf: '분기한 곳',
    tags: '태그',
    error: '오류',
    ...runWords.ko.epochColumns,
    seconds: '초',
    ...runWords.ko.classColumns,
  },
  states: runWords.ko.states,
  metrics: comparisonWords.ko.metricNames,
  values: { ...comparisonWords.ko.resultNames, seconds: '소요 시간(초)' },
  warnings: comparisonWords.ko.warnings,
  sameNetwork: comparisonWords.ko.sameArchitecture,
  splits: { train: '학습', validation: '검증', test: '테스트' },
  epoch: '에포크',
  atEpoch: (accuracy, epoch) => `${accuracy} (에포크 ${epoch})`,
  comparedWith: (name, run) => `기준: “${name}” (${run})`,
  noDifference: '차이가 없습니다.',
  architecture: ({ added, removed, changed, moved, connectionsAdded, connectionsRemoved }) =>
    `구조: 추가 ${added}, 제거 ${removed}, 변경 ${changed}, 이동 ${moved}. ` +
    `연결: 추가 ${connectionsAdded}, 제거 ${connectionsRemoved}.`,
  costs: (params, macs) => `매개변수 ${params}, 곱셈-덧셈 ${macs}.`,
  moved: '이동',
  through: (ids) => ` (${ids} 경유)`,
  engineOf: (engine, device, threads) => `${engine}, ${device}, 스레드 ${threads}개`,
  branchOf: (run, epoch) => `실행 ${run}, 에포크 ${epoch}`,
  noEvaluation: (problem) => `테스트 이미지로 평가하지 못했습니다: ${problem}`,
  evaluated: (images) => `테스트 이미지 ${images}장`,
  evaluation: ({ accuracy, loss, top5, calibration, epoch }) =>
    `정확도 ${accuracy}, 손실 ${loss}${top5 === null ? '' : `, 상위 5 정확도 ${top5}`}, 보정 오차 ${calibration}. ` +
    `최고 체크포인트, 에포크 ${epoch}.`,
  epochsCount: (count) => `에포크 (${count})`,
  titleOf: (type) => koreanLayerTitles[type] ?? koreanBlockTitles[type],
}
