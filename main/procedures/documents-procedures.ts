/** Network documents of the composer: what the service answers. */
import path from 'node:path'
import type { DocumentOrigin, DocumentRecord } from '../../experiments/documents/document-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { drawNetwork } from '../../experiments/picture/draw-network.ts'
import { pictureToSvg } from '../../experiments/picture/picture-to-svg.ts'
import { pictureColours, type PictureTheme } from '../../experiments/picture/picture-colours.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { DocumentLibrary, type SaveRequest } from '../documents/document-library.ts'
import { fitWeights } from '../documents/document-tensors.ts'
import { exportDocument } from '../documents/export-document.ts'
import { systemFiles } from '../files/file-operations.ts'
import type { StoredDocument } from '../store/document-table.ts'
import { readPinnedWeights, readWeightsFile } from '../weights/pinned-weights.ts'
import { tensorsFollowing } from '../weights/run-weights.ts'
import type { StudioParts } from './studio-parts.ts'

export function documentsProcedures({ home, store, options, queue }: StudioParts) {
  const library = new DocumentLibrary(store, home)

  /** The weights that a document came with, each with its layer wherever that is in the drawing now. */
  function tensorsOf({ document, record: { id, weights, origin } }: StoredDocument): readonly NamedTensor[] {
    if (!weights) return []
    if (weights.kind === 'file') {
      const tensors = readPinnedWeights(systemFiles, home, weights.sha256)
      const imported = importedState(id, origin)
      return imported ? tensorsFollowing(tensors, imported, document) : tensors
    }
    const { best } = store.runs.get(weights.run, 'allow')
    const checkpoints = store.checkpoints.list(weights.run)
    const chosen = checkpoints.find(({ epoch }) => epoch === best?.epoch) ?? checkpoints[0]
    if (!chosen) throw new StudioError('file-not-found', `run ${weights.run} has no checkpoint`, { run: weights.run })
    const tensors = readWeightsFile(systemFiles, path.join(queue.checkpointFolder(weights.run), chosen.file))
    const { document: trained } = store.runs.experiment(weights.run)
    return tensorsFollowing(tensors, trained as unknown as NetworkDocument, document)
  }

  /** The network as it came from its file; of a copy, that of the document which it is a copy of. */
  function importedState(id: number, origin: DocumentOrigin): NetworkDocument | undefined {
    if (origin.kind === 'onnx') return store.documentVersions.first(id)
    if (origin.kind !== 'copy') return undefined
    const source = store.documents.originOf(origin.document)
    return source && importedState(origin.document, source)
  }

  return {
    'documents.list': () => {
      const { tabs, active } = store.documents.tabs()
      return { documents: store.documents.list(), tabs: [...tabs], active }
    },
    'documents.create': ({ document, origin }: { document: NetworkDocument; origin: DocumentOrigin }) =>
      library.create(document, origin),
    'documents.open': ({ id }: { id: number }) => library.open(id),
    'documents.save': (request: SaveRequest) => library.save(request),
    'documents.duplicate': ({ id, name }: { id: number; name: string }) => library.duplicate(id, name),
    'documents.delete': ({ ids }: { ids: number[] }) => {
      store.documents.setDeleted(ids, true)
      return {}
    },
    'documents.restore': ({ ids }: { ids: number[] }) => {
      store.documents.setDeleted(ids, false)
      return {}
    },
    'documents.setTabs': (open: { tabs: number[]; active: number | null }) => {
      store.documents.setTabs(open)
      return {}
    },
    'documents.versions': ({ id }: { id: number }) => {
      store.documents.get(id)
      return store.documentVersions.list(id)
    },
    'documents.version': ({ id, version }: { id: number; version: number }) => store.documentVersions.get(id, version),
    'documents.keepVersion': ({ id, label, run }: { id: number; label: string | null; run: number | null }) =>
      library.keepVersion(id, label, run),
    'documents.labelVersion': ({ id, version, label }: { id: number; version: number; label: string | null }) => {
      store.documentVersions.label(id, version, label)
      return store.documentVersions.get(id, version).version
    },
    'documents.weightFit': ({ id }: { id: number }) => {
      const stored = store.documents.get(id)
      if (!stored.record.weights) return null
      const { fitting, changed } = fitWeights(stored.document, tensorsOf(stored))
      return { fitting: [...fitting], changed: [...changed] }
    },
    'documents.svg': ({ id, theme }: { id: number; theme: PictureTheme }) => ({
      svg: pictureToSvg(drawNetwork(store.documents.get(id).document, { colours: pictureColours[theme] })),
    }),
    'documents.openFile': ({ file }: { file: string }) => {
      const { warnings, ...document } = library.openFile(file)
      return { ...document, warnings: [...warnings] }
    },
    'documents.saveFile': ({ id, file }: { id: number; file?: string | undefined }): DocumentRecord => {
      const target = file ?? store.documents.get(id).file
      if (target === null) throw new StudioError('usage', `network ${id} has no file yet: choose one`, { id })
      return library.saveFile(id, target)
    },
    'documents.exportOnnx': ({ id, ...request }: { id: number; file: string; softmax: boolean; seed: number }) => {
      const stored = store.documents.get(id)
      const { document, record } = stored
      const source = record.weights?.kind === 'run' ? `run ${record.weights.run}` : record.weights?.source
      const tensors = tensorsOf(stored)
      return exportDocument({ ...request, document, tensors, source, studio: options.studioVersion })
    },
  }
}
