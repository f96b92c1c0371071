/** Everything that the window knows, composed in one place and handed down through Svelte's context. */
import { createContext } from 'svelte'
import type { EditAction } from '../../app/ipc/desktop-contract.ts'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { parseNetworkDocument } from '../../experiments/network/parse-network-document.ts'
import type { SweepDetail } from '../../experiments/tuning/sweep-record.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { describeError } from '../i18n/describe-error.ts'
import { i18n } from '../i18n/i18n.svelte.ts'
import { Connection } from './connection.svelte.ts'
import { issuesOf } from './error-issues.ts'
import { DocumentActions } from './document-actions.ts'
import { DatasetList } from './datasets.svelte.ts'
import { chooseDemo } from './demo.ts'
import { ImportList } from './imports.svelte.ts'
import { PreferenceState } from './preferences.svelte.ts'
import { Router } from './router.svelte.ts'
import { RunList } from './runs.svelte.ts'
import { RunsTableState } from './runs-table.svelte.ts'
import { SavedBlocks } from './saved-blocks.svelte.ts'
import { SweepPlan } from './sweep-plan.svelte.ts'
import { SweepList } from './sweeps.svelte.ts'
import { SystemReport } from './system-report.svelte.ts'
import { Toasts } from './toasts.svelte.ts'
import { TrainingForm } from './training-form.svelte.ts'
import { Workspace } from './workspace.svelte.ts'

export class Studio {
  readonly bridge: Bridge
  readonly router = new Router()
  readonly toasts = new Toasts()
  readonly form = new TrainingForm()
  readonly sweepPlan = new SweepPlan()
  readonly runsTable = new RunsTableState()
  readonly workspace: Workspace
  readonly documents = new DocumentActions(this)
  readonly connection: Connection
  readonly savedBlocks: SavedBlocks
  readonly preferences: PreferenceState
  readonly runs: RunList
  readonly datasets: DatasetList
  readonly imports: ImportList
  readonly system: SystemReport
  readonly sweeps: SweepList
  /** The run that the dialog of a branch is open for; `further` asks for no more than how much longer it shall train. */
  branching: { readonly run: number; readonly further: boolean } | null = $state.raw(null)
  /** The runs that the dialog of a report or bundle is open for. */
  sharing: readonly number[] | null = $state.raw(null)
  /** The canvas in front. It does what the menu asks for, if it has the focus: @returns whether it has. */
  canvas: { edit(action: EditAction): boolean } | null = null
  paletteOpen = $state(false)
  shortcutsOpen = $state(false)
  /** What floats above the network in front. */
  documentDialog: 'versions' | 'export' | 'rename' | null = $state.raw(null)
  /** Number of active runs while the question about quitting is open. */
  quitQuestion: number | null = $state.raw(null)

  constructor(bridge: Bridge) {
    this.bridge = bridge
    this.connection = new Connection(bridge)
    this.workspace = new Workspace(bridge, this.connection, this.router)
    this.savedBlocks = new SavedBlocks(this)
    this.preferences = new PreferenceState(bridge, i18n)
    this.runs = new RunList(bridge, this.connection)
    this.datasets = new DatasetList(bridge, this.connection, this.preferences)
    this.imports = new ImportList(bridge, this.connection, this.datasets)
    this.system = new SystemReport(bridge)
    this.sweeps = new SweepList(bridge, this.connection)
    bridge.on('desktop.quitRequested', ({ runs }) => (this.quitQuestion = runs))
  }

  async start(): Promise<void> {
    await this.preferences.start()
    await this.connection.start()
  }

  /** Starts a run and shows it; a refusal goes to the form. */
  async startTraining(spec: unknown): Promise<RunSummary> {
    const run = await this.runs.start(spec)
    this.router.go({ view: 'run', run: run.id })
    return run
  }

  /** Opens the plan of a sweep over the experiment of the training form. */
  planSweep(name: string): void {
    const dataset = this.datasets.all.find((candidate) => candidate.name === this.form.dataset)
    this.sweepPlan.begin({
      experiment: this.form.spec(name),
      document: formNetwork(this.form, dataset),
      title: name,
    })
  }

  /** Opens the same plan on a sweep that has begun. */
  editSweep(sweep: SweepDetail): void {
    const { network, data } = sweep.spec.experiment as ExperimentParts
    const dataset = this.datasets.all.find(({ name }) => name === sweep.facts.dataset)
    const side = data?.inputSize
    const images = dataset && { ...dataset, height: side ?? dataset.height, width: side ?? dataset.width }
    const document = experimentNetwork(network ?? {}, images)
    this.sweepPlan.edit(sweep, document)
  }

  async trainDemo(): Promise<void> {
    await this.attempt(async () => {
      const demo = chooseDemo(this.datasets.all, i18n.t)
      if (!demo) throw new StudioError('dataset-missing', i18n.t.training.needsDataset)
      await this.startTraining(demo)
    })
  }

  /** Opens the form with a queued experiment; what is saved there takes its place. */
  async changeQueued(id: number): Promise<void> {
    await this.attempt(async () => {
      const detail = await this.bridge.call('runs.get', { run: id })
      this.form.take(detail.spec, detail.networkDocument, detail.name)
      this.form.replaces = { run: id, name: detail.name }
      this.router.go({ view: 'compose' })
    })
  }

  /** Puts the experiment of the form in the place of a queued one, and goes back to the queue; a refusal goes to the form. */
  async replaceQueued(run: number, spec: unknown): Promise<void> {
    this.runs.take(await this.bridge.call('queue.replace', { run, spec }))
    this.form.reset()
    this.router.go({ view: 'queue' })
  }

  async stopRun(run: Pick<RunSummary, 'id' | 'name'>): Promise<void> {
    await this.attempt(() => this.runs.stop(run.id))
  }

  async deleteRuns(runs: readonly Pick<RunSummary, 'id' | 'name'>[]): Promise<void> {
    const [first] = runs
    if (!first) return
    const ids = runs.map(({ id }) => id)
    await this.attempt(async () => {
      await this.runs.delete(ids)
      const { t } = i18n
      const text = runs.length === 1 ? t.runs.deleted(first.name) : t.runs.deletedMany(runs.length)
      this.toasts.show(text, {
        action: { label: t.app.undo, run: () => void this.attempt(() => this.runs.restore(ids)) },
      })
    })
  }

  /** Asks for a bundle and takes its runs in; what they lack here is told. */
  async importBundle(): Promise<void> {
    await this.attempt(async () => {
      const taken = await this.bridge.call('desktop.importBundle', {})
      if (!taken) return
      for (const run of taken.runs) this.runs.take(run)
      this.toasts.show(i18n.t.share.imported(taken.runs.length))
      for (const { run, kind, dataset } of taken.warnings.slice(0, 3)) {
        this.toasts.show(i18n.t.share.warnings[kind](run, dataset), { tone: 'danger' })
      }
      const [first] = taken.runs
      if (first && taken.runs.length === 1) this.router.go({ view: 'run', run: first.id })
      else this.router.go({ view: 'runs' })
    })
  }

  async archiveRuns(runs: readonly Pick<RunSummary, 'id'>[], archived: boolean): Promise<void> {
    const ids = runs.map(({ id }) => id)
    const mark = (to: boolean) => this.bridge.call('review.mark', { runs: ids, change: { archived: to } })
    await this.attempt(async () => {
      await mark(archived)
      if (!archived) return
      this.toasts.show(i18n.t.compare.archivedMany(ids.length), {
        action: { label: i18n.t.app.undo, run: () => void this.attempt(() => mark(false)) },
      })
    })
  }

  /** Opens the form with the settings of a run. */
  async runAgain(id: number): Promise<void> {
    await this.attempt(async () => {
      const detail = await this.bridge.call('runs.get', { run: id })
      this.form.take(detail.spec, detail.networkDocument, detail.name)
      // A run that failed over one of its settings shows which.
      if (detail.error && issuesOf(detail.error).length > 0) this.form.refuse(detail.error)
      this.router.go({ view: 'compose' })
    })
  }

  /** For actions without a place of their own for errors: these are told in a toast. */
  async attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
    } catch (fault) {
      const error = toErrorRecord(fault)
      this.toasts.show(`${describeError(i18n.t, error).title}: ${error.message}`, { tone: 'danger' })
    }
  }
}

/** The network that the form would train; undefined where it cannot be built. */
function formNetwork(form: TrainingForm, dataset: DatasetRecord | undefined): NetworkDocument | undefined {
  const network = form.document === null ? { zoo: form.network } : { document: form.document }
  return experimentNetwork(network, dataset && { classes: dataset.classes, ...form.imageSize(dataset) })
}

/** What an experiment of a sweep may hold; its file was checked when the sweep began. */
interface ExperimentParts {
  readonly network?: { readonly zoo?: string; readonly document?: unknown }
  readonly data?: { readonly inputSize?: number }
}

/** The network that an experiment names; undefined where it cannot be built. @param images as it sees them */
function experimentNetwork(
  { zoo, document }: NonNullable<ExperimentParts['network']>,
  images: (ImageSize & Pick<DatasetRecord, 'classes'>) | undefined,
): NetworkDocument | undefined {
  if (document !== undefined) {
    const parsed = parseNetworkDocument(document)
    return parsed.ok ? parsed.value : undefined
  }
  const input = images && { height: images.height, width: images.width, channels: images.channels }
  try {
    return zooNetwork(zoo ?? '', images && input && { input, classes: images.classes.length })
  } catch {
    return undefined
  }
}

export const [getStudio, setStudio] = createContext<Studio>()
