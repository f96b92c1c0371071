/** What the window and a report both say of runs beside each other. Reports are written where there is no window. */
import type { DiffWarning } from '../diff/diff-runs.ts'
import type { ReportLanguage } from './report-language.ts'

type ResultName =
  | 'status'
  | 'best.accuracy'
  | 'best.epoch'
  | 'test.accuracy'
  | 'test.loss'
  | 'train.loss'
  | 'train.accuracy'
  | 'validation.loss'
  | 'parameters'
  | 'seconds'
  | 'imagesPerSecond'
  | 'engine'
  | 'engineVersion'
  | 'device'
  | 'threads'
  | 'platform'
  | 'node'
  | 'studio'
  | 'commit'
  | 'datasetFingerprint'

export interface ComparisonWords {
  readonly metricNames: Readonly<Record<'loss' | 'accuracy' | 'learningRate' | 'gradientNorm' | 'dataWait', string>>
  /** By the name of a value of the difference. */
  readonly resultNames: Readonly<Record<ResultName, string>>
  readonly warnings: Readonly<Record<DiffWarning, string>>
  /** The difference of two shares, such as 0.0125, in percentage points with its sign. */
  readonly points: (difference: number) => string
  readonly sameArchitecture: string
}

/** Such as `+1.25`, in percentage points without their name. */
export function signedPoints(difference: number): string {
  const size = Number(Math.abs(difference * 100).toFixed(2))
  const sign = size === 0 ? '±' : difference > 0 ? '+' : '−'
  return `${sign}${size}`
}

const english: ComparisonWords = {
  metricNames: {
    loss: 'Loss',
    accuracy: 'Accuracy',
    learningRate: 'Learning rate',
    gradientNorm: 'Gradient norm',
    dataWait: 'Waiting for data',
  },
  resultNames: {
    status: 'State',
    'best.accuracy': 'Best accuracy',
    'best.epoch': 'Best epoch',
    'test.accuracy': 'Test accuracy',
    'test.loss': 'Test loss',
    'train.loss': 'Training loss, last epoch',
    'train.accuracy': 'Training accuracy, last epoch',
    'validation.loss': 'Validation loss, last epoch',
    parameters: 'Parameters',
    seconds: 'Duration',
    imagesPerSecond: 'Images per second',
    engine: 'Engine',
    engineVersion: 'Engine version',
    device: 'Device',
    threads: 'Threads',
    platform: 'Platform',
    node: 'Node',
    studio: 'Studio',
    commit: 'Studio commit',
    datasetFingerprint: 'Dataset fingerprint',
  },
  warnings: {
    'different-datasets': 'The runs have different datasets: their results cannot be held against each other.',
    'different-data': 'The datasets have the same name but other contents: results cannot be held against each other.',
    'different-held-out': 'The runs hold out other examples: compare test results, not validation.',
    unfinished: 'Not every run has finished: results may still change.',
  },
  points: (difference) => `${signedPoints(difference)} points`,
  sameArchitecture: 'The networks are the same.',
}

const korean: ComparisonWords = {
  metricNames: {
    loss: '손실',
    accuracy: '정확도',
    learningRate: '학습률',
    gradientNorm: '기울기 노름',
    dataWait: '데이터 대기',
  },
  resultNames: {
    status: '상태',
    'best.accuracy': '최고 정확도',
    'best.epoch': '최고 에포크',
    'test.accuracy': '테스트 정확도',
    'test.loss': '테스트 손실',
    'train.loss': '마지막 에포크 학습 손실',
    'train.accuracy': '마지막 에포크 학습 정확도',
    'validation.loss': '마지막 에포크 검증 손실',
    parameters: '매개변수',
    seconds: '소요 시간',
    imagesPerSecond: '초당 이미지',
    engine: '엔진',
    engineVersion: '엔진 버전',
    device: '장치',
    threads: '스레드',
    platform: '플랫폼',
    node: 'Node',
    studio: '스튜디오',
    commit: '스튜디오 커밋',
    datasetFingerprint: '데이터셋 지문',
  },
  warnings: {
    'different-datasets': '데이터셋이 서로 달라 결과를 비교할 수 없습니다.',
    'different-data': '데이터셋 이름은 같지만 내용이 달라 결과를 비교할 수 없습니다.',
    'different-held-out': '검증에 쓰는 예제가 서로 다릅니다. 검증 대신 테스트 결과를 비교하세요.',
    unfinished: '아직 끝나지 않은 실행이 있어 결과가 바뀔 수 있습니다.',
  },
  points: (difference) => `${signedPoints(difference)}%p`,
  sameArchitecture: '두 네트워크가 같습니다.',
}

export const comparisonWords: Readonly<Record<ReportLanguage, ComparisonWords>> = { en: english, ko: korean }
