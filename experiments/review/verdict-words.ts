/** A verdict in words, the same in the window, in a report and in a terminal: what it says, and what it rests on. */
import type { Verdict } from '../statistics/verdict.ts'
import { comparisonWords, signedPoints } from './comparison-words.ts'
import type { ReportLanguage } from './report-language.ts'

export interface VerdictText {
  /** Without a full stop. */
  readonly title: string
  /** Whole sentences. */
  readonly body: string
}

interface VerdictWords {
  readonly titles: Readonly<Record<Verdict['kind'], (name: string) => string>>
  /** The difference has its unit, the ends of the interval have not. */
  readonly interval: (difference: string, low: string, high: string, a: number, b: number) => string
  readonly seedsToTell: (count: number) => string
  readonly moreSeeds: (difference: string, a: number, b: number) => string
  readonly nothing: string
  readonly seeds: string
  readonly incomparable: string
}

const english: VerdictWords = {
  titles: {
    better: (name) => `${name} is better · not within seed noise`,
    worse: (name) => `${name} is worse · not within seed noise`,
    noise: (name) => `Within seed noise: ${name}`,
    'more-seeds': (name) => `No telling from seed noise: ${name}`,
    nothing: () => 'No result yet',
    seeds: (name) => `${name} differs in the seed only`,
    incomparable: (name) => `No verdict: ${name}`,
  },
  interval: (difference, low, high, a, b) =>
    `Best accuracy ${difference}, 95 % interval ${low} to ${high} · ${a} ${a === 1 ? 'seed' : 'seeds'} against ${b}.`,
  seedsToTell: (count) => `About ${count} seeds a side would tell a difference of this size.`,
  moreSeeds: (difference, a, b) => {
    const wanted = [...(a > 0 ? [`${a} more of the baseline`] : []), ...(b > 0 ? [`${b} more of this run`] : [])]
    return `Best accuracy ${difference}. Train ${wanted.join(' and ')} with other seeds to know.`
  },
  seeds: 'How far apart such runs are is the noise that other runs are judged by.',
  nothing: 'A run without a finished epoch has nothing to compare.',
  incomparable: 'It was measured on other data than the baseline: neither is better on what only one of them saw.',
}

const korean: VerdictWords = {
  titles: {
    better: (name) => `${name}이(가) 더 낫습니다 · 시드 노이즈를 벗어남`,
    worse: (name) => `${name}이(가) 더 나쁩니다 · 시드 노이즈를 벗어남`,
    noise: (name) => `시드 노이즈 범위 안: ${name}`,
    'more-seeds': (name) => `시드 노이즈와 구별할 수 없음: ${name}`,
    nothing: () => '아직 결과 없음',
    seeds: (name) => `${name}: 시드만 다름`,
    incomparable: (name) => `판정할 수 없음: ${name}`,
  },
  interval: (difference, low, high, a, b) =>
    `최고 정확도 ${difference}, 95% 구간 ${low} ~ ${high} · 시드 ${a}개 대 ${b}개.`,
  seedsToTell: (count) => `이 정도 차이를 확인하려면 한쪽에 시드가 약 ${count}개 필요합니다.`,
  moreSeeds: (difference, a, b) => {
    const wanted = [...(a > 0 ? [`기준을 ${a}번`] : []), ...(b > 0 ? [`이 실행을 ${b}번`] : [])]
    return `최고 정확도 ${difference}. 알아내려면 다른 시드로 ${wanted.join(', ')} 더 학습하세요.`
  },
  seeds: '이런 실행들 사이의 차이가 다른 실행을 판정할 때 쓰는 시드 노이즈입니다.',
  nothing: '끝난 에포크가 없는 실행은 비교할 결과가 없습니다.',
  incomparable: '기준과 다른 데이터로 잰 결과라서 어느 쪽이 나은지 말할 수 없습니다.',
}

const verdictWords: Readonly<Record<ReportLanguage, VerdictWords>> = { en: english, ko: korean }

/** @param name of the run that was held against the baseline */
export function verdictText(verdict: Verdict, name: string, language: ReportLanguage): VerdictText {
  const words = verdictWords[language]
  return { title: words.titles[verdict.kind](name), body: bodyOf(verdict, words, comparisonWords[language].points) }
}

function bodyOf(verdict: Verdict, words: VerdictWords, points: (difference: number) => string): string {
  switch (verdict.kind) {
    case 'nothing':
    case 'seeds':
    case 'incomparable':
      return words[verdict.kind]
    case 'more-seeds':
      return words.moreSeeds(points(verdict.difference), verdict.missing.a, verdict.missing.b)
    default: {
      const { difference, low, high, a, b, seedsToTell } = verdict
      const interval = words.interval(points(difference), signedPoints(low), signedPoints(high), a.seeds, b.seeds)
      return seedsToTell === undefined ? interval : `${interval} ${words.seedsToTell(seedsToTell)}`
    }
  }
}
