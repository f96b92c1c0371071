/** Reads a sweep file or takes a ready-made sweep; what it names by file is put in its place, so that the service needs no path of ours. */
import { dirname, resolve } from 'node:path'
import { sweepRecipe } from '../../experiments/recipes/sweeps.ts'
import { readJsonFile } from './experiment-file.ts'

/** `experiment` may be the path of an experiment file, relative to the sweep's. */
export function readSweep(source: string): unknown {
  const recipe = sweepRecipe(source)
  if (recipe) return recipe
  const json = readJsonFile(source)
  if (!isRecord(json)) return json
  const { experiment } = json
  if (typeof experiment !== 'string') return { ...json, experiment: withNetwork(experiment, source) }
  const file = resolve(dirname(source), experiment)
  return { ...json, experiment: withNetwork(readJsonFile(file), file) }
}

function withNetwork(experiment: unknown, file: string): unknown {
  if (!isRecord(experiment)) return experiment
  const { network, start } = experiment
  const folder = dirname(file)
  const isFile = isRecord(network) && typeof network['file'] === 'string'
  const isStarted = isRecord(start) && typeof start['weights'] === 'string'
  return {
    ...experiment,
    ...(isFile && { network: { document: readJsonFile(resolve(folder, String(network['file']))) } }),
    ...(isStarted && { start: { ...start, weights: resolve(folder, String(start['weights'])) } }),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
