/**
 * What the desktop sees of the training: the machine kept awake while the window's process is there, progress on the taskbar, the icon beside the
 * clock, and a notification when a run or the whole queue has ended and nobody is looking. Electron's parts come as `PresencePorts`.
 */
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { StudioOutput } from '../ipc/studio-contract.ts'
import type { MenuLanguage } from './menu-text.ts'
import type { TrayQueue } from './tray-model.ts'

export interface PresencePorts {
  readonly language: () => MenuLanguage
  /** Whether the person looks at the window: then nothing needs to be told. */
  readonly isSeen: () => boolean
  /** Returns whether the system took it. */
  readonly keepAwake: (on: boolean) => boolean
  /** From 0 to 1; null for none. */
  readonly progress: (share: number | null) => void
  readonly tray: (queue: TrayQueue) => void
  readonly notify: (title: string, body: string) => void
}

type Overview = Pick<StudioOutput<'queue.jobs'>, 'running' | 'waiting' | 'settings' | 'window' | 'awake'>

const texts = {
  en: {
    finished: 'Training finished',
    failed: 'Training failed',
    stopped: 'Training stopped',
    accuracy: (name: string, percent: string) => `${name}: best accuracy ${percent}`,
    allDone: 'The queue is done',
    ended: (count: number) => `${count} ${count === 1 ? 'run has' : 'runs have'} ended.`,
  },
  ko: {
    finished: '학습 완료',
    failed: '학습 실패',
    stopped: '학습 중지',
    accuracy: (name: string, percent: string) => `${name}: 최고 정확도 ${percent}`,
    allDone: '대기열의 작업이 모두 끝났습니다',
    ended: (count: number) => `실행 ${count}개가 끝났습니다.`,
  },
} as const

export class TrainingPresence {
  readonly #ports: PresencePorts
  readonly #shares = new Map<number, number>()
  #ended = 0
  #overview: Overview | undefined
  /** Whether Electron's own request to stay awake is refused. */
  #isRefused = false

  constructor(ports: PresencePorts) {
    this.#ports = ports
  }

  /** The queue as it is now: after each connection and each change. */
  queue(overview: Overview): void {
    const { running, waiting, settings } = overview
    this.#overview = overview
    for (const run of this.#shares.keys()) if (!running.includes(run)) this.#shares.delete(run)
    for (const run of running) if (!this.#shares.has(run)) this.#shares.set(run, 0)
    const mustStay = running.length > 0 && settings.keepAwake
    this.#isRefused = this.#ports.keepAwake(mustStay) !== mustStay
    this.show()
    if (running.length > 0 || waiting > 0 || this.#ended === 0) return
    // One run that was alone has been told of already.
    if (this.#ended > 1) this.#tell(this.#texts.allDone, this.#texts.ended(this.#ended))
    this.#ended = 0
  }

  run({ id, name, status, progress, best }: RunSummary): void {
    if (!this.#shares.has(id)) return
    if (status === 'running') {
      this.#shares.set(id, progress.steps > 0 ? progress.step / progress.steps : 0)
      this.show()
    } else if (status === 'finished' || status === 'failed' || status === 'stopped') {
      this.#shares.delete(id)
      this.#ended++
      const words = this.#texts
      const percent = best && `${(100 * best.accuracy).toFixed(2)} %`
      // Who stopped it knows.
      if (status !== 'stopped') this.#tell(words[status], percent ? words.accuracy(name, percent) : name)
    }
  }

  /** Without a service nothing is known. */
  lost(): void {
    this.#shares.clear()
    this.#overview = undefined
    this.#ports.keepAwake(false)
    this.show()
  }

  /** Progress and icon as they are, for instance in another language. */
  show(): void {
    const shares = [...this.#shares.values()]
    const share = shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length
    this.#ports.progress(share)
    this.#ports.tray(this.#trayQueue(share))
  }

  get #texts(): (typeof texts)[MenuLanguage] {
    return texts[this.#ports.language()]
  }

  #tell(title: string, body: string): void {
    if (!this.#ports.isSeen()) this.#ports.notify(title, body)
  }

  #trayQueue(share: number | null): TrayQueue {
    if (!this.#overview) return null
    const { running, waiting, settings, window, awake } = this.#overview
    const mayFallAsleep = running.length > 0 && settings.keepAwake && (awake.state === 'failed' || this.#isRefused)
    return { running: running.length, waiting, hold: settings.hold, isOpen: window.open, share, mayFallAsleep }
  }
}
