/**
 * What the preload script puts on the window as `strata`: one function to ask and one to listen, both limited to the names of the two
 * contracts. Answers travel as values because errors lose their fields on the way through Electron.
 */
import type { ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { DesktopContract, DesktopEvents } from './desktop-contract.ts'
import type { StudioContract, StudioEvents } from './studio-contract.ts'
import type { InputOf, OutputOf } from './contract.ts'

/** They take the path of a file, which only a dialog of the main process may choose, or a command: the window cannot ask for them. */
type PathProcedure =
  | 'queue.setEndHook'
  | 'network.importOnnx'
  | 'runs.exportOnnx'
  | 'documents.openFile'
  | 'documents.saveFile'
  | 'documents.exportOnnx'
  | 'blocks.importFile'
  | 'blocks.exportFile'
  | 'data.import'
  | 'data.takeFiles'
  | 'runs.report'
  | 'runs.exportBundle'
  | 'runs.importBundle'
  | 'engines.installFrom'

/** They take the path of a dropped file, which only the preload script learns: it calls these, the page cannot. */
export const preloadProcedures = ['desktop.takeDrop', 'desktop.openDropped'] as const
export type PreloadProcedure = (typeof preloadProcedures)[number]

export type WindowProcedures = Omit<StudioContract['procedures'], PathProcedure> &
  Omit<DesktopContract['procedures'], PreloadProcedure>
export type WindowProcedure = keyof WindowProcedures
export type WindowEvents = StudioEvents & DesktopEvents
export type WindowEvent = keyof WindowEvents

export type WindowInput<P extends WindowProcedure> = InputOf<
  { procedures: WindowProcedures; events: StudioContract['events'] },
  P
>
export type WindowOutput<P extends WindowProcedure> = OutputOf<
  { procedures: WindowProcedures; events: StudioContract['events'] },
  P
>

/** What was asked with the text of JSON is answered with the text of JSON. */
export type Reply =
  | { readonly ok: true; readonly value: unknown; readonly text?: undefined }
  | { readonly ok: true; readonly text: string; readonly value?: undefined }
  | { readonly ok: false; readonly error: ErrorRecord }

export interface WindowBridge {
  /** Never rejects: a refusal is a reply with an error record. The input may come as the text of its JSON. */
  call(procedure: string, input: unknown): Promise<Reply>
  /** The listener gets the text of the payload's JSON. Returns the function that ends the subscription. Throws for a name outside the contracts. */
  on(event: string, listener: (payload: string) => void): () => void
  /** For a file or folder that the user dropped: a ticket to import it with. Anything else is refused. */
  takeDrop(file: File): Promise<Reply>
  /** Opens a file that was dropped on the window: the answer of `desktop.openDropped`. What the page made itself has no path and is refused. */
  openDropped(file: File): Promise<Reply>
}

/** Channel names on Electron's own IPC. */
export const callChannel = (procedure: string): string => `strata:call:${procedure}`
export const eventChannel = (event: string): string => `strata:event:${event}`

const procedures: Record<WindowProcedure, true> = {
  'service.info': true,
  'service.stop': true,
  doctor: true,
  'data.list': true,
  'data.download': true,
  'data.cancelDownload': true,
  'data.discardDownload': true,
  'data.samples': true,
  'runs.start': true,
  'runs.list': true,
  'runs.get': true,
  'runs.metrics': true,
  'runs.stop': true,
  'runs.delete': true,
  'runs.restore': true,
  // Network documents of the composer.
  'documents.list': true,
  'documents.create': true,
  'documents.open': true,
  'documents.save': true,
  'documents.duplicate': true,
  'documents.delete': true,
  'documents.restore': true,
  'documents.setTabs': true,
  'documents.versions': true,
  'documents.version': true,
  'documents.keepVersion': true,
  'documents.labelVersion': true,
  'documents.weightFit': true,
  'documents.svg': true,
  'blocks.list': true,
  'blocks.save': true,
  'blocks.rename': true,
  'blocks.delete': true,
  'blocks.restore': true,
  // ----
  // The night queue.
  'queue.get': true,
  'queue.jobs': true,
  'queue.add': true,
  'queue.move': true,
  'queue.prioritise': true,
  'queue.pause': true,
  'queue.resume': true,
  'queue.cancel': true,
  'queue.retry': true,
  'queue.duplicate': true,
  'queue.edit': true,
  'queue.replace': true,
  'queue.changeRate': true,
  'queue.events': true,
  'queue.pinCheckpoint': true,
  'queue.hold': true,
  'queue.configure': true,
  'queue.undo': true,
  'queue.redo': true,
  'queue.log': true,
  'queue.machine': true,
  // ----
  // Reviewing, diffing and branching runs.
  'runs.branch': true,
  'runs.page': true,
  'review.mark': true,
  'review.rows': true,
  'review.siblings': true,
  'review.views': true,
  'review.saveView': true,
  'review.deleteView': true,
  // ----
  // Evaluation, ensembles and looking inside networks.
  'evaluation.run': true,
  'evaluation.examples': true,
  'evaluation.predictions': true,
  'evaluation.cancel': true,
  'inside.filters': true,
  'inside.featureMaps': true,
  'inside.gradCam': true,
  'inside.occlusion': true,
  'inside.topExamples': true,
  'inside.history': true,
  'inside.measure': true,
  // ----
  // Imported datasets and augmentation.
  'data.imports': true,
  'data.resumeImport': true,
  'data.discardImport': true,
  'data.cancelImport': true,
  'data.report': true,
  'data.remove': true,
  'data.statistics': true,
  'data.measureThreads': true,
  'augmentation.preview': true,
  // ----
  // Searching hyper-parameters.
  'sweeps.create': true,
  'sweeps.adviseParallel': true,
  'sweeps.list': true,
  'sweeps.get': true,
  'sweeps.pause': true,
  'sweeps.resume': true,
  'sweeps.extend': true,
  'sweeps.edit': true,
  'sweeps.retryFailed': true,
  'sweeps.branch': true,
  'sweeps.delete': true,
  'sweeps.restore': true,
  // ----
  // Engines and devices.
  'engines.check': true,
  'engines.install': true,
  'engines.cancelInstall': true,
  'engines.remove': true,
  // ----
  'desktop.info': true,
  'desktop.preferences': true,
  'desktop.setPreferences': true,
  'desktop.connection': true,
  'desktop.reconnect': true,
  'desktop.quit': true,
  'desktop.cancelQuit': true,
  'desktop.revealHome': true,
  'desktop.saveReport': true,
  'desktop.saveBundle': true,
  'desktop.saveTable': true,
  'desktop.importBundle': true,
  'desktop.chooseImages': true,
  'desktop.importImages': true,
  'desktop.takeDatasetFiles': true,
  'desktop.takeCrash': true,
  'desktop.openNetworks': true,
  'desktop.saveNetwork': true,
  'desktop.exportOnnx': true,
  'desktop.savePicture': true,
  'desktop.importBlocks': true,
  'desktop.copyText': true,
  'desktop.clipboardText': true,
  'desktop.editText': true,
  'desktop.exportBlock': true,
}

const events: Record<WindowEvent, true> = {
  'run.changed': true,
  'runs.changed': true,
  'run.metrics': true,
  'run.epoch': true,
  'run.removed': true,
  'data.progress': true,
  'service.stopping': true,
  // Network documents of the composer.
  // ----
  // The night queue.
  'queue.changed': true,
  'queue.usage': true,
  // ----
  // Reviewing, diffing and branching runs.
  'review.viewsChanged': true,
  // ----
  // Evaluation, ensembles and looking inside networks.
  'evaluation.progress': true,
  'inside.recorded': true,
  // ----
  // Imported datasets and augmentation.
  // ----
  // Searching hyper-parameters.
  'sweep.changed': true,
  'sweep.removed': true,
  // ----
  // Engines and devices.
  'engines.progress': true,
  // ----
  'desktop.connectionChanged': true,
  'desktop.preferencesChanged': true,
  'desktop.menuCommand': true,
  'desktop.quitRequested': true,
}

/** Every name the window may use; the compiler keeps the lists equal to the contracts. */
export const windowProcedures = Object.keys(procedures) as readonly WindowProcedure[]
export const windowEvents = Object.keys(events) as readonly WindowEvent[]
