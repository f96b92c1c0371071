/** Imported datasets and augmentation: procedures and events. */
import { z } from 'zod'
import { augmentationListSpec } from '../../../experiments/augmentation/augmentation-spec.ts'
import { datasetRecord } from '../../../experiments/data/dataset-record.ts'
import { errorRecord } from '../../../experiments/runs/run-record.ts'
import type { Contract } from '../contract.ts'

const name = z.string().min(1).max(64)
const side = z.int().min(1).max(1024)
const format = z.object({ height: z.int(), width: z.int(), channels: z.int() })

/** What an import is told beside its source; main/datasets/import has the same with its limits. */
export const importOptions = z.strictObject({
  name,
  title: z.string().min(1).max(100).optional(),
  size: z.strictObject({ height: side, width: side }).optional(),
  fit: z.enum(['cover', 'contain', 'stretch']).optional(),
  colour: z.enum(['auto', 'colour', 'grey']).optional(),
  labels: z.enum(['auto', 'folders', 'file']).optional(),
  testShare: z.number().min(0.01).max(0.9).optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
})

const reportLine = z.object({ path: z.string(), reason: z.string() })

export const augmentationContract = {
  procedures: {
    /** Makes a dataset of a folder, zip or tar file; `source` is absolute. Progress comes as `data.progress`. */
    'data.import': { input: importOptions.extend({ source: z.string().min(1) }), output: datasetRecord },
    /** Stops an import; the same one, asked for again, goes on where it was. */
    'data.cancelImport': { input: z.strictObject({ name }), output: z.strictObject({}) },
    /** Imports that run or could go on, by name. */
    'data.imports': {
      input: z.strictObject({}),
      output: z.array(
        z.object({
          name: z.string(),
          /** Where its files are read. */
          source: z.string(),
          done: z.int(),
          total: z.int().nullable(),
          active: z.boolean(),
          /** Why it stands still. */
          error: errorRecord.nullable(),
        }),
      ),
    },
    /** Goes on with an unfinished import, with the source and options it was begun with. */
    'data.resumeImport': { input: z.strictObject({ name }), output: datasetRecord },
    /** Forgets an unfinished import. */
    'data.discardImport': { input: z.strictObject({ name }), output: z.strictObject({}) },
    /** Which files an import refused, and what it decided without being asked. */
    'data.report': {
      input: z.strictObject({ name }),
      output: z.object({ total: z.int(), refused: z.array(reportLine), notes: z.array(reportLine) }),
    },
    /** Removes an imported dataset, unless a run that waits or trains needs it. */
    'data.remove': { input: z.strictObject({ name }), output: z.strictObject({}) },
    'data.statistics': {
      input: z.strictObject({ name }),
      output: z.object({
        classCounts: z.object({ train: z.array(z.int()), test: z.array(z.int()) }),
        mean: z.array(z.number()),
        std: z.array(z.number()),
        components: z.array(z.object({ direction: z.array(z.number()), deviation: z.number() })),
      }),
    },
    /** How many images a second each number of threads prepares, and the smallest number that comes near the best. */
    'data.measureThreads': {
      input: z.strictObject({
        dataset: name,
        augment: augmentationListSpec,
        inputSize: z.int().min(1).max(4096).optional(),
        batchSize: z.int().min(1).max(4096),
      }),
      output: z.object({
        native: z.boolean(),
        /** Without a choice. */
        automatic: z.int(),
        recommended: z.int(),
        rates: z.array(z.object({ threads: z.int(), imagesPerSecond: z.number() })),
      }),
    },
    /** One image under many draws, and what tells when they are too much. */
    'augmentation.preview': {
      input: z.strictObject({
        dataset: name,
        augment: augmentationListSpec,
        inputSize: z.int().min(1).max(4096).optional(),
        example: z.int().min(0).max(100_000),
        draws: z.int().min(1).max(64),
        seed: z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      }),
      output: z.object({
        format,
        originalFormat: format,
        original: z.object({ pixels: z.string(), label: z.int() }),
        examples: z.int(),
        draws: z.array(
          z.object({
            pixels: z.string(),
            label: z.int(),
            mixedWith: z.int().nullable(),
            share: z.number(),
            visible: z.number(),
            colourDistance: z.number(),
            looksLike: z.int().nullable(),
            warnings: z.array(z.enum(['out-of-frame', 'colour', 'label'])),
          }),
        ),
        limits: z.object({ visible: z.number(), colourDistance: z.number(), classAccuracy: z.number() }),
      }),
    },
  },
  events: {},
} satisfies Contract
