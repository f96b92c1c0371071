/** What the icon beside the clock says and offers, as a function of the queue. Electron's part is in tray.ts. */
import type { QueueSettings } from '../../experiments/queue/queue-settings.ts'
import type { MenuLanguage } from './menu-text.ts'

/** What is known of the queue; null while the service is away. */
export type TrayQueue = {
  readonly running: number
  readonly waiting: number
  readonly hold: QueueSettings['hold']
  /** Whether the time windows let jobs run now. */
  readonly isOpen: boolean
  /** Mean progress of what trains, from 0 to 1; null where nothing does. */
  readonly share: number | null
  /** Nothing keeps the machine awake, although something should. */
  readonly mayFallAsleep: boolean
} | null

export type TrayAction = 'open' | 'pauseAfterCurrent' | 'pauseAll' | 'resume' | 'quit'
export type TrayTone = 'idle' | 'training' | 'held'

export type TrayItem =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly action: TrayAction; readonly label: string; readonly enabled: boolean }

export interface TrayModel {
  readonly tone: TrayTone
  /** Layers of the mark that are lit, from below. */
  readonly lit: number
  readonly tooltip: string
  readonly items: readonly TrayItem[]
}

export const trayLayers = 3

const en = {
  away: 'The studio service does not answer',
  idle: 'Nothing trains',
  training: (running: number, percent: string) => `${running} training, ${percent} done`,
  waiting: (count: number) => `${count} waiting`,
  held: 'The queue is paused',
  diskFull: 'The disk is full: the queue is paused',
  closed: 'Waits for its hours',
  mayFallAsleep: 'This computer may fall asleep while it trains',
  actions: {
    open: 'Open Strata',
    pauseAfterCurrent: 'Pause after the current jobs',
    pauseAll: 'Pause all now',
    resume: 'Resume the queue',
    quit: 'Quit Strata',
  } satisfies Record<TrayAction, string>,
}
const ko: typeof en = {
  away: '스튜디오 서비스가 응답하지 않습니다',
  idle: '학습 중인 작업 없음',
  training: (running, percent) => `${running}개 학습 중, ${percent} 완료`,
  waiting: (count) => `${count}개 대기 중`,
  held: '대기열이 일시 정지되었습니다',
  diskFull: '디스크가 가득 차서 대기열이 일시 정지되었습니다',
  closed: '학습 시간을 기다리는 중',
  mayFallAsleep: '학습 중에 이 컴퓨터가 절전 모드로 들어갈 수 있습니다',
  actions: {
    open: 'Strata 열기',
    pauseAfterCurrent: '현재 작업 후 일시 정지',
    pauseAll: '지금 모두 일시 정지',
    resume: '대기열 재개',
    quit: 'Strata 종료',
  },
}
const texts: Readonly<Record<MenuLanguage, typeof en>> = { en, ko }

export function trayModel(queue: TrayQueue, language: MenuLanguage): TrayModel {
  const text = texts[language]
  const action = (name: TrayAction, enabled = true): TrayItem => {
    return { kind: 'action', action: name, label: text.actions[name], enabled }
  }
  const separator: TrayItem = { kind: 'separator' }
  const state = describe(queue, text)
  const tone: TrayTone = !queue ? 'idle' : queue.running > 0 ? 'training' : queue.hold ? 'held' : 'idle'
  const warning: TrayItem[] = queue?.mayFallAsleep ? [{ kind: 'text', label: text.mayFallAsleep }] : []
  return {
    tone,
    // Something is lit as soon as something trains, all of it at the end only.
    lit:
      tone === 'training' ? 1 + Math.floor((queue?.share ?? 0) * (trayLayers - 1)) : tone === 'held' ? trayLayers : 0,
    tooltip: `Strata: ${state}`,
    items: [
      { kind: 'text', label: state },
      ...warning,
      separator,
      action('open'),
      separator,
      action('pauseAfterCurrent', queue !== null && !queue.hold),
      action('pauseAll', queue !== null && queue.running > 0),
      action('resume', queue?.hold != null),
      separator,
      action('quit'),
    ],
  }
}

function describe(queue: TrayQueue, text: typeof en): string {
  if (!queue) return text.away
  const { running, waiting, hold, isOpen, share } = queue
  const why = hold
    ? hold.code === 'disk-full'
      ? text.diskFull
      : text.held
    : !isOpen && waiting > 0
      ? text.closed
      : null
  const parts = [
    ...(running > 0 ? [text.training(running, `${Math.floor(100 * (share ?? 0))} %`)] : []),
    ...(why === null ? [] : [why]),
    ...(waiting > 0 ? [text.waiting(waiting)] : []),
  ]
  return parts.length > 0 ? parts.join(' · ') : text.idle
}
