/** Short messages. One with an action stays long enough to act; none leaves while the pointer or the focus is on it. */

export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'neutral' | 'danger'
  readonly action: { readonly label: string; readonly run: () => void } | null
}

const shortMs = 5000
const withActionMs = 10_000

export class Toasts {
  shown: readonly Toast[] = $state.raw([])
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()
  #nextId = 1

  show(text: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): number {
    const toast: Toast = { id: this.#nextId++, text, tone: options.tone ?? 'neutral', action: options.action ?? null }
    this.shown = [...this.shown.slice(-3), toast]
    this.#start(toast)
    return toast.id
  }

  dismiss(id: number): void {
    this.hold(id)
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }

  hold(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  release(id: number): void {
    const toast = this.shown.find((candidate) => candidate.id === id)
    if (toast) this.#start(toast)
  }

  #start({ id, action }: Toast): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), action ? withActionMs : shortMs),
    )
  }
}
