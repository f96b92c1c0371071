/** Imported datasets and augmentation: what the service answers. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { datasetStatistics } from '../datasets/dataset-statistics.ts'
import { datasetFolder } from '../datasets/idx-source.ts'
import { datasetNamePattern, importRequest } from '../datasets/import/import-options.ts'
import { importFolder, readReport } from '../datasets/import/imported-note.ts'
import { describeDataset } from '../datasets/list-datasets.ts'
import {
  AugmentationPreviewer,
  type AugmentationPreview,
  type PreviewRequest,
} from '../datasets/preview-augmentation.ts'
import { measureThreads, type ThreadsRequest } from '../datasets/measure-threads.ts'
import { findDataset, isBuiltIn } from '../datasets/registry.ts'
import type { StudioParts } from './studio-parts.ts'

export function augmentationProcedures({ home, store, imports }: StudioParts) {
  const previewer = new AugmentationPreviewer({ home })
  /** Also one whose note or pixels are damaged: it can still be removed. */
  const importedOnly = (name: string): void => {
    if (isBuiltIn(name)) {
      throw new StudioError('out-of-range', `${name} was not imported: it comes with the studio`, { name })
    }
    if (!datasetNamePattern.test(name) || !existsSync(datasetFolder(home, name))) findDataset(name, home)
  }
  const described = (name: string) => describeDataset(findDataset(name, home), { home })
  return {
    'data.import': async ({ source, ...given }: { source: string; name: string }) => {
      const request = parseOrThrow(importRequest, given, 'import')
      await imports.import(source, request)
      return described(request.name)
    },
    'data.imports': async () => [...(await imports.unfinished())],
    'data.resumeImport': async ({ name }: { name: string }) => {
      await imports.resume(name)
      return described(name)
    },
    'data.discardImport': async ({ name }: { name: string }): Promise<Record<string, never>> => {
      await imports.discard(name)
      return {}
    },
    'data.cancelImport': ({ name }: { name: string }): Record<string, never> => {
      imports.cancel(name)
      return {}
    },
    'data.report': async ({ name }: { name: string }) => {
      importedOnly(name)
      const { total, refused, notes } = await readReport(home, name)
      return { total, refused, notes }
    },
    'data.remove': async ({ name }: { name: string }): Promise<Record<string, never>> => {
      importedOnly(name)
      const needs = store.runs
        .list()
        .find(({ dataset, status }) => dataset === name && ['queued', 'running', 'paused'].includes(status))
      if (needs) {
        const message = `run ${needs.id} (${needs.name}) is ${needs.status} and needs ${name}: stop it first, or wait for its end`
        throw new StudioError('run-state', message, { run: needs.id, name })
      }
      previewer.forget(name)
      await rm(datasetFolder(home, name), { recursive: true, force: true })
      await rm(importFolder(home, name), { recursive: true, force: true })
      return {}
    },
    'data.statistics': ({ name }: { name: string }) => datasetStatistics(name, { home }),
    'data.measureThreads': async (request: ThreadsRequest) => {
      const { rates, ...rest } = await measureThreads(request, { home })
      return { ...rest, rates: [...rates] }
    },
    'augmentation.preview': (request: PreviewRequest): Promise<Mutable<AugmentationPreview>> =>
      previewer.preview(request) as Promise<Mutable<AugmentationPreview>>,
  }
}

/** The contract's schemas make plain arrays. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T
