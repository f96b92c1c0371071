/**
 * What the desktop sees of the training: the machine kept awake while the window's process is there, progress on the taskbar, and a notification
 * when a run or the whole queue has ended and nobody is looking. Electron's parts come as `PresencePorts`.
 */
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { StudioOutput } from '../ipc/studio-contract.ts'
import type { MenuLanguage } from './menu-text.ts'

export interface PresencePorts {
  readonly language: () => MenuLanguage
  /** Whether the person looks at the window: then nothing needs to be told. */
  readonly isSeen: () => boolean
  readonly keepAwake: (on: boolean) => void
  /** From 0 to 1; null for none. */
  readonly progress: (share: number | null) => void
  readonly notify: (title: string, body: string) => void
}

type Overview = Pick<StudioOutput<'queue.jobs'>, 'running' | 'waiting' | 'settings'>

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

  constructor(ports: PresencePorts) {
    this.#ports = ports
  }

  /** The queue as it is now: after each connection and each change. */
  queue({ running, waiting, settings }: Overview): void {
    for (const run of this.#shares.keys()) if (!running.includes(run)) this.#shares.delete(run)
    for (const run of running) if (!this.#shares.has(run)) this.#shares.set(run, 0)
    this.#ports.keepAwake(running.length > 0 && settings.keepAwake)
    this.#showProgress()
    if (running.length > 0 || waiting > 0 || this.#ended === 0) return
    // One run that was alone has been told of already.
    if (this.#ended > 1) this.#tell(this.#texts.allDone, this.#texts.ended(this.#ended))
    this.#ended = 0
  }

  run({ id, name, status, progress, best }: RunSummary): void {
    if (!this.#shares.has(id)) return
    if (status === 'running') {
      this.#shares.set(id, progress.steps > 0 ? progress.step / progress.steps : 0)
      this.#showProgress()
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
    this.#ports.keepAwake(false)
    this.#showProgress()
  }

  get #texts(): (typeof texts)[MenuLanguage] {
    return texts[this.#ports.language()]
  }

  #tell(title: string, body: string): void {
    if (!this.#ports.isSeen()) this.#ports.notify(title, body)
  }

  #showProgress(): void {
    const shares = [...this.#shares.values()]
    this.#ports.progress(shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length)
  }
}
