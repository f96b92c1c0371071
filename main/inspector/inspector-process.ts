/**
 * The process behind evaluation and looking inside: answers one question after the other, keeps nothing but opened datasets between
 * them, and ends when the channel to the service closes.
 */
import type { z } from 'zod'
import { toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { evaluateMembers } from './evaluate-members.ts'
import { findTopExamples, type LayerScan } from './find-top-examples.ts'
import { explainByGradient } from './grad-cam.ts'
import { measureLayers } from './measure-layers.ts'
import { explainByOcclusion } from './occlusion.ts'
import { predictExamples } from './predict-examples.ts'
import { showFeatureMaps } from './show-feature-maps.ts'
import { showFilters } from './show-filters.ts'
import { showExamples } from './show-examples.ts'
import {
  inspectorTasks,
  toInspector,
  type FromInspector,
  type InspectorTask,
  type TaskInput,
  type TaskOutput,
  type TaskProgress,
} from './inspector-protocol.ts'
import { OpenDatasets } from './open-datasets.ts'

const usageExitCode = 64

/** What a question is answered with. */
export interface InspectorDesk {
  readonly home: string
  readonly datasets: OpenDatasets
  /** What the last pass over a layer found. */
  readonly scans: { last?: LayerScan }
  report(progress: TaskProgress): void
}

type Answers = {
  readonly [T in InspectorTask]: (input: TaskInput<T>, desk: InspectorDesk) => Promise<TaskOutput<T>>
}

const answers: Answers = {
  evaluate: evaluateMembers,
  examples: showExamples,
  predictions: predictExamples,
  filters: showFilters,
  featureMaps: showFeatureMaps,
  gradCam: explainByGradient,
  occlusion: explainByOcclusion,
  topExamples: findTopExamples,
  layers: measureLayers,
}

/** Never returns to its caller's business. */
export function runInspectorProcess(): void {
  if (process.send === undefined) {
    console.error('an inspector is started by the studio service, not by hand; use "strata evaluate"')
    process.exit(usageExitCode)
  }
  process.once('disconnect', () => process.exit(0))
  const kept = { datasets: new OpenDatasets(), scans: {} }
  let turn = Promise.resolve()
  process.on('message', (raw) => {
    turn = turn.then(() => answer(raw, kept))
  })
}

async function answer(raw: unknown, kept: Pick<InspectorDesk, 'datasets' | 'scans'>): Promise<void> {
  const { id, home, task, input } = parseOrThrow(toInspector, raw, 'message of the service')
  const desk: InspectorDesk = { home, ...kept, report: (progress) => send({ type: 'progress', id, progress }) }
  try {
    const schema: z.ZodType = inspectorTasks[task].input
    const find = answers[task] as (input: unknown, desk: InspectorDesk) => Promise<unknown>
    const value = await find(parseOrThrow(schema, input, `question "${task}"`), desk)
    send({ type: 'result', id, value })
  } catch (error) {
    const record = toErrorRecord(error)
    if (record.code === 'internal') console.error(error)
    send({ type: 'failed', id, error: record })
  }
}

function send(message: FromInspector): void {
  if (process.connected) process.send?.(message, () => undefined)
}
