/**
 * What differs between experiments, value by value. Settings are named by their path in the experiment file, so that what is shown can be
 * typed behind `--set`. The network itself is compared by diff-networks.ts.
 */
import type { JsonValue } from '../errors/studio-error.ts'
import { experimentSpec, type ExperimentSpec } from '../spec/experiment-spec.ts'

/** `training`: hyper-parameters and seed. `data`: dataset, split and augmentation. `start`: weights to begin with. `general`: the rest. */
export type SettingGroup = 'training' | 'data' | 'start' | 'general'

export interface SettingDiff {
  readonly group: SettingGroup
  /** As in `train.learningRate`. */
  readonly path: string
  /** One for each experiment; undefined where it says nothing. */
  readonly values: readonly (JsonValue | undefined)[]
  readonly isDifferent: boolean
}

/** Every setting of two or more experiments, in the order of the experiment file. Name, version and network are left out. */
export function diffSpecs(specs: readonly ExperimentSpec[]): readonly SettingDiff[] {
  const flat = specs.map((spec) => new Map(settingsOf(spec)))
  const paths = [...new Set(flat.flatMap((settings) => [...settings.keys()]))]
  return sorted(paths).map((path): SettingDiff => {
    const values = flat.map((settings) => settings.get(path))
    const first = JSON.stringify(values[0])
    return { group: groupOf(path), path, values, isDifferent: values.some((value) => JSON.stringify(value) !== first) }
  })
}

/** Each value of an experiment with its path. Lists are one value. */
export function settingsOf(spec: ExperimentSpec): readonly (readonly [path: string, value: JsonValue])[] {
  const { name: _name, version: _version, network: _network, ...settings } = spec
  return flatten(settings as unknown as JsonValue, '')
}

function flatten(value: JsonValue | undefined, path: string): readonly (readonly [string, JsonValue])[] {
  if (value === undefined) return []
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
}

/** As the schema lists top-level keys; within one, as they came. */
function sorted(paths: readonly string[]): readonly string[] {
  const keys = Object.keys(experimentSpec.shape)
  return paths.toSorted((a, b) => keys.indexOf(rootOf(a)) - keys.indexOf(rootOf(b)))
}

function rootOf(path: string): string {
  return path.split('.')[0] ?? path
}

function groupOf(path: string): SettingGroup {
  switch (rootOf(path)) {
    case 'train':
    case 'seed':
      return 'training'
    case 'data':
    case 'augmentation':
      return 'data'
    case 'start':
      return 'start'
    default:
      return 'general'
  }
}
