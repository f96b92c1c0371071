import { expect, test } from 'vitest'
import { judge } from '../statistics/verdict.ts'
import { comparisonWords } from './comparison-words.ts'
import { verdictText } from './verdict-words.ts'

test.each([
  [0.0125, '+1.25 points', '+1.25%p'],
  [-0.1, '−10 points', '−10%p'],
  [0.00001, '±0 points', '±0%p'],
])('a difference of %d is told in points', (difference, english, korean) => {
  expect(comparisonWords.en.points(difference)).toBe(english)
  expect(comparisonWords.ko.points(difference)).toBe(korean)
})

test('a verdict says what it rests on, or what it would take', () => {
  const clear = verdictText(judge({ a: [0.5, 0.501, 0.499], b: [0.6, 0.601, 0.599] }), 'Wide', 'en')
  expect(clear.title).toBe('Wide is better · not within seed noise')
  expect(clear.body).toMatch(/^Best accuracy \+10 points, 95 % interval \+[\d.]+ to \+[\d.]+ · 3 seeds against 3\.$/)

  const noise = verdictText(judge({ a: [0.5, 0.52, 0.48], b: [0.52, 0.53, 0.49] }), 'Wide', 'en')
  expect(noise.title).toBe('Within seed noise: Wide')
  expect(noise.body).toMatch(/3 seeds against 3\. About \d+ seeds a side would tell/)

  const one = verdictText(judge({ a: [0.5], b: [0.52, 0.53] }), '넓게', 'ko')
  expect(one.title).toBe('시드 노이즈와 구별할 수 없음: 넓게')
  expect(one.body).toBe('최고 정확도 +2.5%p. 알아내려면 다른 시드로 기준을 2번, 이 실행을 1번 더 학습하세요.')

  const settled = verdictText(judge({ a: [0.5, 0.51, 0.52], b: [0.5] }), 'Wide', 'en')
  expect(settled.body).toBe('Best accuracy −1 points. Train 2 more of this run with other seeds to know.')

  expect(verdictText({ kind: 'seeds' }, 'Wide', 'en').title).toBe('Wide differs in the seed only')
  expect(verdictText({ kind: 'nothing' }, 'Wide', 'en').title).toBe('No result yet')
  expect(verdictText({ kind: 'incomparable' }, 'Wide', 'en').title).toBe('No verdict: Wide')
})
