/** What the window and a report both call the states, sections and columns of a run. */
import type { RunStatus } from '../runs/run-record.ts'
import type { ReportLanguage } from './report-language.ts'

export interface RunWords {
  readonly states: Readonly<Record<RunStatus, string>>
  readonly sections: Readonly<Record<'results' | 'curves' | 'settings' | 'environment', string>>
  readonly epochColumns: Readonly<
    Record<
      'epoch' | 'trainLoss' | 'trainAccuracy' | 'validationLoss' | 'validationAccuracy' | 'imagesPerSecond',
      string
    >
  >
  readonly classColumns: Readonly<Record<'class' | 'images' | 'precision' | 'recall' | 'f1', string>>
  readonly evaluation: Readonly<Record<'byClass' | 'confusion', string>>
  /** The hash of the weights that a run ended with. */
  readonly weights: string
}

const english: RunWords = {
  states: {
    queued: 'Queued',
    running: 'Training',
    paused: 'Paused',
    finished: 'Finished',
    stopped: 'Stopped',
    failed: 'Failed',
  },
  sections: { results: 'Results', curves: 'Curves', settings: 'Settings', environment: 'Environment' },
  epochColumns: {
    epoch: 'Epoch',
    trainLoss: 'Train loss',
    trainAccuracy: 'Train accuracy',
    validationLoss: 'Validation loss',
    validationAccuracy: 'Validation accuracy',
    imagesPerSecond: 'Images / s',
  },
  classColumns: { class: 'Class', images: 'Images', precision: 'Precision', recall: 'Recall', f1: 'F1' },
  evaluation: { byClass: 'Classes', confusion: 'Confusion matrix' },
  weights: 'Weights, SHA-256',
}

const korean: RunWords = {
  states: {
    queued: '대기',
    running: '학습 중',
    paused: '일시 중지',
    finished: '완료',
    stopped: '중지됨',
    failed: '실패',
  },
  sections: { results: '결과', curves: '곡선', settings: '설정', environment: '환경' },
  epochColumns: {
    epoch: '에포크',
    trainLoss: '학습 손실',
    trainAccuracy: '학습 정확도',
    validationLoss: '검증 손실',
    validationAccuracy: '검증 정확도',
    imagesPerSecond: '초당 이미지',
  },
  classColumns: { class: '클래스', images: '이미지', precision: '정밀도', recall: '재현율', f1: 'F1' },
  evaluation: { byClass: '클래스', confusion: '혼동 행렬' },
  weights: '가중치, SHA-256',
}

export const runWords: Readonly<Record<ReportLanguage, RunWords>> = { en: english, ko: korean }
