/** Network documents of the composer: procedures and events. */
import { z } from 'zod'
import {
  documentId,
  documentOrigin,
  documentRecord,
  documentVersion,
} from '../../../experiments/documents/document-record.ts'
import { networkDocumentSchema, type NetworkDocument } from '../../../experiments/network/network-document.ts'
import type { Contract } from '../contract.ts'

/** Read-only, as documents are everywhere. */
const networkDocument = networkDocumentSchema as unknown as z.ZodType<NetworkDocument, NetworkDocument>
const nothing = z.strictObject({})
const one = z.strictObject({ id: documentId })
const several = z.strictObject({ ids: z.array(documentId).min(1).max(1000) })
const file = z.string().min(1)
const openTabs = z.strictObject({ tabs: z.array(documentId).max(100), active: documentId.nullable() })
const openedDocument = z.object({ record: documentRecord, document: networkDocument })
const label = z.string().trim().min(1).max(200)

export const openedFile = openedDocument.extend({
  /** What an import left out. */
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
})

/** A written ONNX file, and which layers have weights of their own in it. */
export const exportedModel = z.object({
  bytes: z.number(),
  opset: z.int(),
  /** Layers with the weights that the document came with. */
  fitting: z.int(),
  /** Layers that were added or changed since, or all of a document without weights: these have initial weights. */
  initial: z.int(),
})

export const documentsContract = {
  procedures: {
    /** Every document, last opened first, and those that were open when the window was last seen. */
    'documents.list': { input: nothing, output: openTabs.extend({ documents: z.array(documentRecord) }) },
    'documents.create': {
      input: z.strictObject({ document: networkDocument, origin: documentOrigin }),
      output: openedDocument,
    },
    'documents.open': { input: one, output: openedDocument },
    /**
     * Stores the newest state; `revision` is the one that the change was made on. States of one `writer` may follow each other before the
     * first is answered: `revision` is then the last that was answered.
     */
    'documents.save': {
      input: z.strictObject({
        id: documentId,
        revision: z.int().min(1),
        writer: z.string().min(1).max(64).optional(),
        document: networkDocument,
      }),
      output: documentRecord,
    },
    'documents.duplicate': {
      input: z.strictObject({ id: documentId, name: z.string().min(1).max(500) }),
      output: openedDocument,
    },
    'documents.delete': { input: several, output: nothing },
    'documents.restore': { input: several, output: nothing },
    'documents.setTabs': { input: openTabs, output: nothing },
    /** Newest first. */
    'documents.versions': { input: one, output: z.array(documentVersion) },
    'documents.version': {
      input: z.strictObject({ id: documentId, version: z.int().min(1) }),
      output: z.object({ version: documentVersion, document: networkDocument }),
    },
    /** Keeps the present state under a name, or as the one that a run trains. */
    'documents.keepVersion': {
      input: z.strictObject({ id: documentId, label: label.nullable(), run: z.int().min(1).nullable() }),
      output: documentVersion,
    },
    'documents.labelVersion': {
      input: z.strictObject({ id: documentId, version: z.int().min(1), label: label.nullable() }),
      output: documentVersion,
    },
    /** Which layers of the stored state still fit the weights that the document came with. Null: it came with none. */
    'documents.weightFit': {
      input: one,
      output: z.object({ fitting: z.array(z.string()), changed: z.array(z.string()) }).nullable(),
    },
    /** The document as a drawing. */
    'documents.svg': {
      input: z.strictObject({ id: documentId, theme: z.enum(['light', 'dark']) }),
      output: z.object({ svg: z.string() }),
    },
    // Those below take paths: not for the window.
    'documents.openFile': { input: z.strictObject({ file }), output: openedFile },
    'documents.saveFile': {
      /** Without `file`: the one that it has. */
      input: z.strictObject({ id: documentId, file: file.optional() }),
      output: documentRecord,
    },
    'documents.exportOnnx': {
      input: z.strictObject({ id: documentId, file, softmax: z.boolean(), seed: z.int().min(0) }),
      output: exportedModel.extend({ file: z.string(), dataFile: z.string().nullable() }),
    },
  },
  events: {},
} satisfies Contract

export type OpenedFile = z.infer<typeof openedFile>
export type OpenedDocument = z.infer<typeof openedDocument>
export type ExportedModel = z.infer<typeof exportedModel>
