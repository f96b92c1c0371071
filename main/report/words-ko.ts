/** Words of a report in Korean. */
import { comparisonWords } from '../../experiments/review/comparison-words.ts'
import { koreanBlockTitles, koreanLayerTitles } from '../../experiments/text/korean-titles.ts'
import type { ReportWords } from './report-words.ts'

const seedCounts = ([a, b]: readonly [number, number]): string => `시드 ${a}개 대 ${b}개`

export const korean: ReportWords = {
  runs: (count) => `실행 ${count}개`,
  documentTitle: (title) => `${title} – Strata 보고서`,
  madeBy: (studio, at) => `Strata ${studio} 보고서, ${at}`,
  results: '결과',
  curves: '곡선',
  differences: '차이',
  settings: '설정',
  environment: '환경',
  network: '네트워크',
  classes: '클래스',
  confusion: '혼동 행렬',
  confusionHelp: '행은 실제 클래스, 열은 예측한 클래스입니다.',
  names: {
    run: '실행',
    network: '네트워크',
    data: '데이터',
    seed: '시드',
    state: '상태',
    parameters: '매개변수',
    epochs: '에포크',
    best: '최고',
    test: '테스트',
    fingerprint: '데이터셋 지문',
    created: '만든 때',
    engine: '엔진',
    platform: '플랫폼',
    studio: '스튜디오',
    weights: '가중치, SHA-256',
    branchOf: '분기한 곳',
    tags: '태그',
    error: '오류',
    epoch: '에포크',
    trainLoss: '학습 손실',
    trainAccuracy: '학습 정확도',
    validationLoss: '검증 손실',
    validationAccuracy: '검증 정확도',
    imagesPerSecond: '이미지/초',
    seconds: '초',
    class: '클래스',
    images: '이미지',
    precision: '정밀도',
    recall: '재현율',
    f1: 'F1',
  },
  states: {
    queued: '대기',
    running: '학습 중',
    paused: '일시 중지',
    finished: '완료',
    stopped: '중지됨',
    failed: '실패',
  },
  metrics: comparisonWords.ko.metricNames,
  values: { ...comparisonWords.ko.resultNames, seconds: '소요 시간(초)' },
  warnings: comparisonWords.ko.warnings,
  points: comparisonWords.ko.points,
  sameNetwork: comparisonWords.ko.sameArchitecture,
  splits: { train: '학습', validation: '검증', test: '테스트' },
  epoch: '에포크',
  atEpoch: (accuracy, epoch) => `${accuracy} (에포크 ${epoch})`,
  comparedWith: (name, run) => `기준: “${name}” (${run})`,
  verdict: '판정:',
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
  noResult: '아직 결과가 없는 실행이 있습니다.',
  incomparable: '없음. 서로 다른 데이터로 잰 결과입니다.',
  moreSeeds: (difference, seeds, [a, b]) =>
    `최고 정확도 ${difference}. ${seedCounts(seeds)}로는 시드 노이즈와 구별할 수 없습니다. ` +
    `기준을 ${a}번, 이 실행을 ${b}번 더 학습하세요.`,
  judged: {
    better: '더 나음, 시드 노이즈를 벗어남',
    worse: '더 나쁨, 시드 노이즈를 벗어남',
    noise: '시드 노이즈 범위 안',
  },
  interval: (difference, low, high, seeds) =>
    `최고 정확도 ${difference}, 95% 구간 ${low} ~ ${high}, ${seedCounts(seeds)}.`,
  titleOf: (type) => koreanLayerTitles[type] ?? koreanBlockTitles[type],
}
