/** What prepares batches on this machine, for `doctor` and the settings. */
import { loadNative } from '../../native/load-addon.ts'
import { defaultDataThreads } from './native-filler.ts'

export interface BatchesReport {
  readonly native: boolean
  /** The addon's file, or why there is none. */
  readonly detail: string
  /** Threads unless the experiment says otherwise. */
  readonly threads: number
}

export function describeBatches(): BatchesReport {
  const state = loadNative()
  return state.available
    ? { native: true, detail: state.file, threads: defaultDataThreads() }
    : { native: false, detail: state.reason, threads: 1 }
}
