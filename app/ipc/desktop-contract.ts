/** What the window can ask of Electron's main process itself; everything else goes through it to the studio service. */
import { z } from 'zod'
import { datasetRecord, mirrorAddress } from '../../experiments/data/dataset-record.ts'
import { errorRecord } from '../../experiments/runs/run-record.ts'
import { importOptions } from './contracts/augmentation-contract.ts'
import { documentId, documentRecord } from '../../experiments/documents/document-record.ts'
import type { Contract, EventsOf, InputOf, OutputOf } from './contract.ts'
import { importedBundle, shareRequest } from './contracts/share-contract.ts'
import { savedBlockId, savedBlockRecord } from '../../experiments/documents/saved-block.ts'
import { exportedModel, openedFile } from './contracts/documents-contract.ts'

const nothing = z.strictObject({})

export const preferences = z.object({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  language: z.enum(['system', 'en', 'ko']).default('system'),
  /** What closing the window does to runs in training: the service keeps on, stops them, or the window asks. */
  quitWhileTraining: z.enum(['ask', 'keep', 'stop']).default('ask'),
  /** Where downloads of datasets come from instead of their published addresses; empty for those. */
  datasetMirror: z.union([z.literal(''), mirrorAddress]).default(''),
})
export type Preferences = z.infer<typeof preferences>
/** A change: only what is named changes; written out so that no default sneaks in. */
const preferencesChange = z.strictObject({
  theme: preferences.shape.theme.unwrap().optional(),
  language: preferences.shape.language.unwrap().optional(),
  quitWhileTraining: preferences.shape.quitWhileTraining.unwrap().optional(),
  datasetMirror: preferences.shape.datasetMirror.unwrap().optional(),
})

/** Whether the studio service answers; `lost` while it is being restored. */
export const connectionState = z.object({
  state: z.enum(['connecting', 'connected', 'lost']),
  error: errorRecord.nullable(),
})
export type ConnectionState = z.infer<typeof connectionState>

/** What is done to a text, or to what is drawn. */
export const editAction = z.enum(['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'])
export type EditAction = z.infer<typeof editAction>

/** What the menu of the window can ask the view to do. */
export const menuCommand = z.enum([
  // Of the canvas while it has the focus, else of the text field that has it.
  'edit-undo',
  'edit-redo',
  'edit-cut',
  'edit-copy',
  'edit-paste',
  'edit-selectAll',
  'new-run',
  'command-palette',
  'show-compose',
  'show-queue',
  'show-runs',
  'show-compare',
  'show-sweeps',
  'show-data',
  'show-settings',
  'toggle-theme',
  'show-shortcuts',
  // Networks of the composer.
  'new-network',
  'open-network',
  'save-network',
  'save-network-as',
  'close-network',
  'rename-network',
  'duplicate-network',
  'network-versions',
  'export-onnx',
  'export-svg',
  'export-png',
  'next-network',
  'previous-network',
])
export type MenuCommand = z.infer<typeof menuCommand>

/** A file of the composer: a network that is now open, or a block that is now in the palette. */
const takenFile = z.union([z.object({ network: openedFile }), z.object({ block: savedBlockRecord })])
export type TakenFile = z.infer<typeof takenFile>

/** A source of images that the user chose or dropped: its path stays in Electron's main process, the window gets a ticket for it. */
export const chosenSource = z.object({
  ticket: z.string(),
  /** Last part of its path. */
  name: z.string(),
  kind: z.enum(['folder', 'archive', 'labels', 'other']),
})
export type ChosenSource = z.infer<typeof chosenSource>

export const desktopContract = {
  procedures: {
    'desktop.info': {
      input: nothing,
      output: z.object({
        version: z.string(),
        /** The Electron that runs, and where its binary came from. */
        electron: z.object({ version: z.string(), source: z.string(), detail: z.string() }),
        chrome: z.string(),
        platform: z.string(),
        locale: z.string(),
        packaged: z.boolean(),
        home: z.string(),
        /** Whether the window's process is confined by the operating system (not possible for root on Linux). */
        sandboxed: z.boolean(),
      }),
    },
    'desktop.preferences': { input: nothing, output: preferences },
    'desktop.setPreferences': { input: preferencesChange, output: preferences },
    'desktop.connection': { input: nothing, output: connectionState },
    /** Asks for a new attempt to reach or start the service at once. */
    'desktop.reconnect': { input: nothing, output: nothing },
    /** Closes the studio's window after `desktop.quitRequested`: runs go on in the service, or are stopped first. */
    'desktop.quit': { input: z.strictObject({ training: z.enum(['keep', 'stop']) }), output: nothing },
    'desktop.cancelQuit': { input: nothing, output: nothing },
    /** Opens the studio's home folder in the file manager. */
    'desktop.revealHome': { input: nothing, output: nothing },
    /** Asks the user for a source of images; null when the dialog was closed. */
    'desktop.chooseImages': {
      input: z.strictObject({ kind: z.enum(['folder', 'file', 'any-file']) }),
      output: chosenSource.nullable(),
    },
    /** Takes what was dropped on the window. Only the preload script calls it: it alone learns the path of a dropped file. */
    'desktop.takeDrop': { input: z.strictObject({ file: z.string().min(1) }), output: chosenSource },
    /** Imports what was chosen or dropped. */
    'desktop.importImages': {
      input: importOptions.extend({ ticket: z.string().min(1).max(64) }),
      output: datasetRecord,
    },
    /** Brings a dataset of the studio from the files that were chosen or dropped. */
    'desktop.takeDatasetFiles': {
      input: z.strictObject({ name: z.string(), ticket: z.string().min(1).max(64) }),
      output: datasetRecord,
    },
    /** Whether the last window, or this one's page, ended without being closed. True once: the answer is taken. */
    'desktop.takeCrash': { input: nothing, output: z.object({ crashed: z.boolean() }) },
    /** Asks for *.network.json, *.onnx and *.block.json files and takes them in; none when the person cancels. */
    'desktop.openNetworks': { input: nothing, output: z.array(takenFile) },
    /** Asks for *.block.json files for the palette. */
    'desktop.importBlocks': { input: nothing, output: z.array(savedBlockRecord) },
    /** Asks where to, then writes a block of the palette. Null: the person cancelled. */
    'desktop.exportBlock': {
      input: z.strictObject({ id: savedBlockId }),
      output: z.object({ fileName: z.string() }).nullable(),
    },
    /** Writes a network to its file, or asks for one when it has none or another is wanted. Null: the person cancelled. */
    'desktop.saveNetwork': {
      input: z.strictObject({ id: documentId, as: z.boolean() }),
      output: documentRecord.nullable(),
    },
    /** Asks where to, then writes the network with weights as ONNX. */
    'desktop.exportOnnx': {
      input: z.strictObject({ id: documentId, softmax: z.boolean(), seed: z.int().min(0) }),
      output: exportedModel.extend({ fileName: z.string() }).nullable(),
    },
    /** Asks where to, then writes a picture that the window made. */
    'desktop.savePicture': {
      input: z.strictObject({
        name: z.string().max(500),
        picture: z.discriminatedUnion('format', [
          z.strictObject({ format: z.literal('svg'), text: z.string() }),
          z.strictObject({ format: z.literal('png'), bytes: z.instanceof(Uint8Array) }),
        ]),
      }),
      output: z.object({ fileName: z.string() }).nullable(),
    },
    /** Asks where to, then writes a report of runs. Null: the person cancelled. */
    'desktop.saveReport': { input: shareRequest, output: z.object({ fileName: z.string() }).nullable() },
    /** Asks where to, then writes runs with their checkpoints as a bundle. */
    'desktop.saveBundle': { input: shareRequest, output: z.object({ fileName: z.string() }).nullable() },
    /** Asks where to, then writes a table that the window made. */
    'desktop.saveTable': {
      input: z.strictObject({
        name: z.string().max(200),
        format: z.enum(['csv', 'json']),
        text: z.string().max(256 * 2 ** 20),
      }),
      output: z.object({ fileName: z.string() }).nullable(),
    },
    /** Asks for a bundle, then takes its runs in. */
    'desktop.importBundle': { input: nothing, output: importedBundle.nullable() },
    /** The system's clipboard, for menus: the page itself may use it only while its keys are pressed. */
    'desktop.copyText': { input: z.strictObject({ text: z.string().max(64 * 2 ** 20) }), output: nothing },
    'desktop.clipboardText': { input: nothing, output: z.object({ text: z.string() }) },
    /** Does it to the text field that has the focus, as the system's own menu would. */
    'desktop.editText': { input: z.strictObject({ action: editAction }), output: nothing },
    /** A file that was dropped on the window. The preload script alone asks, with the path that the system gave. */
    'desktop.openDropped': { input: z.strictObject({ file: z.string().min(1) }), output: takenFile },
  },
  events: {
    'desktop.connectionChanged': connectionState,
    'desktop.preferencesChanged': preferences,
    'desktop.menuCommand': z.object({ command: menuCommand }),
    /** The window is about to close while `runs` runs are in training; nothing closes until `desktop.quit`. */
    'desktop.quitRequested': z.object({ runs: z.int() }),
  },
} satisfies Contract

export type DesktopContract = typeof desktopContract
export type DesktopProcedure = keyof DesktopContract['procedures']
export type DesktopEvent = keyof DesktopContract['events']
export type DesktopInput<P extends DesktopProcedure> = InputOf<DesktopContract, P>
export type DesktopOutput<P extends DesktopProcedure> = OutputOf<DesktopContract, P>
export type DesktopEvents = EventsOf<DesktopContract>
