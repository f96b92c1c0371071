import { describe, expect, it } from 'vitest'
import { trayPixels } from './tray-icon.ts'
import { trayLayers, trayModel, type TrayAction, type TrayQueue } from './tray-model.ts'

type Known = NonNullable<TrayQueue>
const idle: Known = { running: 0, waiting: 0, hold: null, isOpen: true, share: null, mayFallAsleep: false }
const held: Known['hold'] = { code: 'user', message: 'paused by the user', since: 0, paused: [] }

/** What can be chosen. */
function offers(queue: TrayQueue): TrayAction[] {
  return trayModel(queue, 'en').items.flatMap((item) => (item.kind === 'action' && item.enabled ? [item.action] : []))
}
const lines = (queue: TrayQueue, language: 'en' | 'ko' = 'en') =>
  trayModel(queue, language).items.flatMap((item) => (item.kind === 'text' ? [item.label] : []))

describe('the icon beside the clock', () => {
  it('says what the queue does', () => {
    expect(lines(null)).toEqual(['The studio service does not answer'])
    expect(lines(idle)).toEqual(['Nothing trains'])
    const training = { ...idle, running: 2, waiting: 5, share: 0.379 }
    expect(lines(training)).toEqual(['2 training, 37 % done · 5 waiting'])
    expect(lines(training, 'ko')).toEqual(['2개 학습 중, 37 % 완료 · 5개 대기 중'])
    expect(lines({ ...idle, waiting: 1, isOpen: false })).toEqual(['Waits for its hours · 1 waiting'])
    expect(lines({ ...idle, waiting: 1, hold: { ...held, code: 'disk-full' } })).toEqual([
      'The disk is full: the queue is paused · 1 waiting',
    ])
    expect(lines({ ...training, mayFallAsleep: true })[1]).toBe('This computer may fall asleep while it trains')
    expect(trayModel(training, 'en').tooltip).toBe('Strata: 2 training, 37 % done · 5 waiting')
  })

  it('offers what can be done now', () => {
    expect(offers(null)).toEqual(['open', 'quit'])
    expect(offers(idle)).toEqual(['open', 'pauseAfterCurrent', 'quit'])
    expect(offers({ ...idle, running: 1 })).toEqual(['open', 'pauseAfterCurrent', 'pauseAll', 'quit'])
    expect(offers({ ...idle, running: 1, hold: held })).toEqual(['open', 'pauseAll', 'resume', 'quit'])
    expect(offers({ ...idle, hold: held })).toEqual(['open', 'resume', 'quit'])
  })

  it('is lit layer by layer', () => {
    const lit = (share: number) => trayModel({ ...idle, running: 1, share }, 'en').lit
    expect([0, 0.49, 0.5, 0.99, 1].map(lit)).toEqual([1, 1, 2, 2, trayLayers])
    expect(trayModel({ ...idle, hold: held }, 'en')).toMatchObject({ tone: 'held', lit: trayLayers })
  })

  it('has other pixels for other states, clear around the mark', () => {
    const of = (lit: number) => Buffer.from(trayPixels('training', lit, 16))
    const pictures = [0, 1, 2, 3].map(of)
    expect(new Set(pictures.map((picture) => picture.toString('hex'))).size).toBe(4)
    for (const picture of pictures) {
      expect(picture.length).toBe(16 * 16 * 4)
      expect([...picture.subarray(0, 4)]).toEqual([0, 0, 0, 0])
      // The middle of the uppermost layer.
      expect(picture[(5 * 16 + 8) * 4 + 3]).toBe(255)
    }
  })
})
