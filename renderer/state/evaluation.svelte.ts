/**
 * Evaluations of one run or of several together, as a view asks for them: reports by all that decides them, with the progress of those that
 * are under way. The service keeps the scores of every network, so asking again costs moments.
 */
import { untrack } from 'svelte'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { Combination } from '../../experiments/evaluation/combine-predictions.ts'
import type {
  CropCount,
  EvaluationMember,
  EvaluationReport,
  ExampleSelection,
  PredictedExamples,
} from '../../experiments/evaluation/evaluation-record.ts'
import type { Bridge } from '../bridge/bridge.ts'

export interface EvaluationHow {
  readonly members: readonly EvaluationMember[]
  readonly crops: CropCount
  readonly combine: Combination
}

export interface EvaluationProgress {
  readonly run: number
  readonly done: number
  readonly total: number
}

export class Evaluation {
  reports: ReadonlyMap<string, EvaluationReport> = $state.raw(new Map())
  /** Those that were asked for, by their key; null before the first image. */
  pending: ReadonlyMap<string, EvaluationProgress | null> = $state.raw(new Map())
  error: ErrorRecord | undefined = $state.raw()
  readonly #bridge: Bridge
  readonly #name = crypto.randomUUID()
  readonly #leave: () => void
  #isClosed = false

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    this.#leave = bridge.on('evaluation.progress', ({ task, ...progress }) => {
      const key = this.#keyOf(task)
      if (key !== undefined && this.pending.has(key)) this.pending = new Map(this.pending).set(key, progress)
    })
  }

  /** Ends what is under way. */
  close(): void {
    this.#isClosed = true
    this.cancel()
    this.#leave()
  }

  report(how: EvaluationHow): EvaluationReport | undefined {
    return this.reports.get(keyOf(how))
  }

  /** Undefined when it was not asked for, null before the first image. */
  progress(how: EvaluationHow): EvaluationProgress | null | undefined {
    return this.pending.get(keyOf(how))
  }

  /** Does nothing for what is there or under way. An effect that asks does not hear of the answer: one that failed would be asked for ever. */
  ask(how: EvaluationHow): Promise<void> {
    return untrack(() => this.#ask(how))
  }

  async #ask(how: EvaluationHow): Promise<void> {
    const key = keyOf(how)
    if (this.reports.has(key) || this.pending.has(key)) return
    this.error = undefined
    this.pending = new Map(this.pending).set(key, null)
    try {
      const { members, crops, combine } = how
      const report = await this.#bridge.call('evaluation.run', {
        ...{ crops, combine, task: this.#taskOf(key) },
        members: members.map((member) => ({ ...member })),
      })
      this.reports = new Map(this.reports).set(key, report)
    } catch (fault) {
      const error = toErrorRecord(fault)
      if (error.code !== 'cancelled' && !this.#isClosed) this.error = error
    } finally {
      const pending = new Map(this.pending)
      pending.delete(key)
      this.pending = pending
    }
  }

  cancel(): void {
    for (const key of this.pending.keys()) {
      this.#bridge.call('evaluation.cancel', { task: this.#taskOf(key) }).catch(() => undefined)
    }
  }

  examples(
    { members, crops, combine }: EvaluationHow,
    select: ExampleSelection,
    part: { readonly offset: number; readonly limit: number },
  ): Promise<PredictedExamples> {
    return this.#bridge.call('evaluation.examples', {
      ...{ crops, combine, select, ...part },
      members: members.map((member) => ({ ...member })),
    })
  }

  /** A name of at most 100 characters: the members of an ensemble may need more. */
  #taskOf(key: string): string {
    return `${this.#name} ${hashText(key)}`
  }

  #keyOf(task: string): string | undefined {
    return [...this.pending.keys()].find((key) => this.#taskOf(key) === task)
  }
}

function keyOf({ members, crops, combine }: EvaluationHow): string {
  const names = members.map(({ run, epoch }) => (epoch === undefined ? String(run) : `${run}@${epoch}`))
  // Alone there is nothing to combine.
  return `${names.join()} ${crops} ${members.length === 1 ? 'average' : combine}`
}

/** FNV-1a, to tell the few keys of a view apart. */
function hashText(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16)
}
